// Cells of a category grid, drawn as squares that fill it: ECharts' common build has no heat map.

import * as Chart from "./chart.js";

export const draw = (box, option, data, across, down) =>
  Chart.draw(
    box,
    {
      grid: Chart.grid({ left: 2, right: 4, top: 4, bottom: 2 }),
      ...option,
      series: [{ type: "scatter", symbol: "rect", data, symbolSize: 8 }],
    },
    (chart) => {
      const [left, top] = chart.convertToPixel({ gridIndex: 0 }, [0, 0]);
      const [right, bottom] = chart.convertToPixel({ gridIndex: 0 }, [across - 1, down - 1]);
      const size = [
        (right - left) / Math.max(across - 1, 1),
        (bottom - top) / Math.max(down - 1, 1),
      ];
      chart.setOption({
        series: [{ symbolSize: size.map((side) => Math.max(Math.abs(side) - 2, 2)) }],
      });
    },
  );
