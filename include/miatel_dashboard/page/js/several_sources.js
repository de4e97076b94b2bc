// Whose records a row is about is said only where the tables hold several accounts of the platform.

export const isOne = ({ freshness }) => !(freshness.source_count > 1);
