"""Extracts message detail records from the Miatel statistics API, completely, into a lake of files.

The names below are the library's public face; all else may change. Nothing here knows Airflow, and
the present is asked of a clock that whoever composes these passes.

    client = MiatelClient(address, key, clock=clock)
    Extraction(client, open_lake("/srv/lake"), run_id, clock).land_range(start, end)
"""

from __future__ import annotations

TYPE_CHECKING = False  # as in `typing`, which would cost more to import than all that stands here

if TYPE_CHECKING:
    from miatel.account import Account
    from miatel.api.http_settings import HttpSettings
    from miatel.api.retry import RetryPolicy
    from miatel.api.statistics import MiatelClient
    from miatel.coverage_report import CoverageReport, report_coverage
    from miatel.errors import (
        AnswerNotUnderstoodError,
        BadPeriodError,
        BrokenAnswerError,
        ClockError,
        ConflictError,
        CountNotUnderstoodError,
        DamagedFileError,
        ErasedNumbersError,
        ErrorAnswerError,
        FatalError,
        IncompleteAnswerError,
        KeyRefusedError,
        LakeError,
        LockTimeoutError,
        LockUnusableError,
        MiatelError,
        NewerFormatError,
        OriginError,
        RecordOutsideWindowError,
        RequestRefusedError,
        RetiredDayError,
        RetriableError,
        ServerBusyError,
        ServerFailedError,
        SettingError,
        SuspectShrinkError,
        UnreachableError,
        UnstableAnswerError,
        WindowTooDenseError,
    )
    from miatel.extraction import Extraction, read_range
    from miatel.lake.lake import Lake, open_lake
    from miatel.lake.origin import add_origin
    from miatel.lake.upgrade import upgrade_lake
    from miatel.lake.verification import verify_lake
    from miatel.parsing.answer_form import AnswerForm
    from miatel.privacy.erasure import erase_number, retire_day
    from miatel.privacy.recipient_key import RecipientKey
    from miatel.report import ExtractReport
    from miatel.settings import Settings
    from miatel.windows import Window, day_window, parse_time

__all__ = [
    "Account",
    "AnswerForm",
    "AnswerNotUnderstoodError",
    "BadPeriodError",
    "BrokenAnswerError",
    "ClockError",
    "ConflictError",
    "CountNotUnderstoodError",
    "CoverageReport",
    "DamagedFileError",
    "ErasedNumbersError",
    "ErrorAnswerError",
    "ExtractReport",
    "Extraction",
    "FatalError",
    "HttpSettings",
    "IncompleteAnswerError",
    "KeyRefusedError",
    "Lake",
    "LakeError",
    "LockTimeoutError",
    "LockUnusableError",
    "MiatelClient",
    "MiatelError",
    "NewerFormatError",
    "OriginError",
    "RecipientKey",
    "RecordOutsideWindowError",
    "RequestRefusedError",
    "RetiredDayError",
    "RetriableError",
    "RetryPolicy",
    "ServerBusyError",
    "ServerFailedError",
    "SettingError",
    "Settings",
    "SuspectShrinkError",
    "UnreachableError",
    "UnstableAnswerError",
    "Window",
    "WindowTooDenseError",
    "add_origin",
    "day_window",
    "erase_number",
    "open_lake",
    "parse_time",
    "read_range",
    "report_coverage",
    "retire_day",
    "upgrade_lake",
    "verify_lake",
]

_HOMES = {
    "Account": "miatel.account",
    "HttpSettings": "miatel.api.http_settings",
    "RetryPolicy": "miatel.api.retry",
    "MiatelClient": "miatel.api.statistics",
    "CoverageReport": "miatel.coverage_report",
    "report_coverage": "miatel.coverage_report",
    "Extraction": "miatel.extraction",
    "read_range": "miatel.extraction",
    "Lake": "miatel.lake.lake",
    "open_lake": "miatel.lake.lake",
    "add_origin": "miatel.lake.origin",
    "upgrade_lake": "miatel.lake.upgrade",
    "verify_lake": "miatel.lake.verification",
    "AnswerForm": "miatel.parsing.answer_form",
    "erase_number": "miatel.privacy.erasure",
    "retire_day": "miatel.privacy.erasure",
    "RecipientKey": "miatel.privacy.recipient_key",
    "ExtractReport": "miatel.report",
    "Settings": "miatel.settings",
    "Window": "miatel.windows",
    "day_window": "miatel.windows",
    "parse_time": "miatel.windows",
}
"""Name to module; the errors, which make up the rest of `__all__`, stand in `miatel.errors`.

A name is imported at first use: Airflow reads DAG files again and again, and most of what stands
here needs Arrow or HTTP.
"""


if not TYPE_CHECKING:  # which would take any name for an object

    def __getattr__(name: str) -> object:
        """A name of the public face, imported now."""
        from importlib import import_module

        if name not in __all__:
            raise AttributeError(f"module 'miatel' has no attribute {name!r}")
        home = import_module(_HOMES.get(name, "miatel.errors"))
        value = globals()[name] = getattr(home, name)
        return value
