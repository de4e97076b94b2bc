// Every network with its messages, rates, latency, cost, and most frequent failure.

import * as GroupTable from "../group_table.js";
import { register } from "../registry.js";

const COLUMNS = ["country_name", "network_name", "mccmnc"];

register("networks", ({ data }) =>
  GroupTable.draw(
    "networks",
    data,
    COLUMNS.map((key) => GroupTable.names(key)),
  ),
);
