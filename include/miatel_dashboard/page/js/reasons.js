// How a failure reason is named: by its code, and by what it means.

import { t } from "./texts.js";

// row: `code_type` (response or delivery) and `code`.
export const codeOf = (row) => t(`reason.${row.code_type}_code`, { code: row.code });

export const labelOf = (row) =>
  t("reason.label", {
    meaning: row.is_documented ? row.meaning : t("reason.undocumented"),
    code: codeOf(row),
  });
