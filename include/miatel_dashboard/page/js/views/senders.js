// Every sender with its messages, rates, latency, cost, and most frequent failure.

import * as GroupTable from "../group_table.js";
import { register } from "../registry.js";

register("senders", ({ data }) => GroupTable.draw("senders", data, [GroupTable.names("sender")]));
