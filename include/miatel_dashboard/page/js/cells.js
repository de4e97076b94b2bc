// Cells of a category grid, drawn as squares that fill it: ECharts' common build has no heat map.

import * as Chart from "./chart.js";
import { t } from "./texts.js";

export const weekdays = () => [1, 2, 3, 4, 5, 6, 7].map((weekday) => t(`weekday.${weekday}`));

export const axis = (more) => ({
  type: "category",
  axisLine: { show: false },
  axisTick: { show: false },
  splitLine: { show: false },
  ...more,
});

// option: as of ECharts, and the `cells`; across, down: how many columns and rows there are.
export const draw = (box, { cells, ...option }, across, down) =>
  Chart.draw(
    box,
    {
      grid: Chart.grid({ left: 2, right: 4, top: 4, bottom: 2 }),
      ...option,
      series: [{ type: "scatter", symbol: "rect", data: cells, symbolSize: 8 }],
    },
    (chart) => {
      const [left, top] = chart.convertToPixel({ gridIndex: 0 }, [0, 0]);
      const [right, bottom] = chart.convertToPixel({ gridIndex: 0 }, [across - 1, down - 1]);
      const size = [
        (right - left) / Math.max(across - 1, 1),
        (bottom - top) / Math.max(down - 1, 1),
      ];
      const symbolSize = size.map((side) => Math.max(Math.abs(side) - 2, 2));
      chart.setOption({ series: [{ symbolSize }] });
    },
  );
