"""Airflow operator: lands the message detail records of a period, one Parquet file a GMT day."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import (
    AirflowFailException,
    AirflowTaskTerminated,
    AirflowTaskTimeout,
)

from miatel import FatalError
from miatel_provider.hooks import MiatelHook

if TYPE_CHECKING:
    from airflow.sdk import Context

    from miatel import ExtractReport


class MiatelToParquetOperator(BaseOperator):
    """Land every record of `[start, end)`; safe to stop at any time and to run again.

    Without `lookback_hours` only seconds that are not landed yet are asked for. With it, as a
    daily run wants it, the period itself is asked for, then complete days before it: the day
    before, and those of the lookback that wait for delivery receipts or lack prices; then gaps
    since the first landed second, whose failure does not make the task fail.

    Args:
        start: first second, a GMT date or time.
        end: the second after the last one, in the same forms.
        lookback_hours: how far before `start` to look for open receipts and missing prices.
        reload: ask again for seconds that are landed, retired or too dense; not together with
            `lookback_hours`.
        allow_shrink: accept fewer records than are landed, once the vendor has confirmed it.
        conn_id: connection of type *Miatel*.
        lake: root of the lake, a path or URL; None: `MIATEL_LAKE` where the task runs.

    Each but the last two may be a template or a parameter of the DAG (`dag.param("start")`).
    """

    template_fields: Sequence[str] = ("start", "end", "lookback_hours", "reload", "allow_shrink")

    def __init__(  # noqa: PLR0913  what a DAG's author may say
        self,
        *,
        start: str | date | datetime,
        end: str | date | datetime,
        lookback_hours: int | None = None,
        reload: bool = False,
        allow_shrink: bool = False,
        conn_id: str = MiatelHook.default_conn_name,
        lake: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.start = start
        self.end = end
        self.lookback_hours = lookback_hours
        self.reload = reload
        self.allow_shrink = allow_shrink
        self.conn_id = conn_id
        self.lake = lake

    def execute(self, context: Context) -> dict[str, Any]:
        """Land the period.

        Returns:
            Small facts of the run: windows, requests, rows, days. Never a key, a number or a text.

        Raises:
            AirflowFailException: asking again cannot help, so Airflow does not retry.
            RetriableError: the API did not answer for longer than the client was patient.
        """
        try:
            report = self._land(run_id=context["run_id"])
        except FatalError as error:
            raise AirflowFailException(f"{type(error).__name__}: {error}") from None
        for line in report.lines():
            self.log.info("%s", line)
        changed: dict[str, Any] = {"days": report.days}
        for asset in self.outlets:
            context["outlet_events"][asset].extra = changed
        return report.summary()

    def _land(self, run_id: str) -> ExtractReport:
        from miatel import Extraction, RecipientKey, Settings, open_lake, parse_time

        settings = Settings.from_environment({"MIATEL_LAKE": self.lake} if self.lake else None)
        extraction = Extraction(
            client=MiatelHook(self.conn_id).get_conn(),
            lake=open_lake(settings.lake, settings.file_mode),
            run_id=run_id,
            clock=lambda: datetime.now(UTC),
            allow_shrink=self.allow_shrink,
            on_progress=lambda line: self.log.info("%s", line),
            recipient_key=RecipientKey.of(settings.recipient_key),
        )
        start, end = parse_time(self.start), parse_time(self.end)
        if self.lookback_hours is None:
            return extraction.land_range(start, end, reload=self.reload)
        return extraction.land_interval(start, end, lookback_hours=self.lookback_hours)

    def on_kill(self) -> None:
        """Stop at once: a day file is replaced in one step, so what is landed stays landed."""
        if isinstance(sys.exception(), AirflowTaskTimeout):
            return  # it has stopped; anything raised here would take the retries away
        # Airflow calls this in a signal handler and then goes on with the task unless it raises.
        raise AirflowTaskTerminated("stopped; the days landed so far stay landed")
