"""Who sends, and what the messages say; all of it invented."""
# ruff: noqa: RUF001 - letters of other alphabets are the point of some texts

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Account:
    """One API account.

    Args:
        username: Its name.
        currency: What it is billed in; one per account.
        rate: Units of that currency for one euro.
        senders: Its sender IDs.
        address: Where its requests come from (RFC 5737 documentation networks).
        weight: Share of the traffic, relative to the others'.
        flash_share: Share of its messages that are flash calls, 0 to 1.
    """

    username: str
    currency: str
    rate: float
    senders: tuple[str, ...]
    address: str
    weight: float
    flash_share: float = 0.0


ACCOUNTS = (
    Account("bluefin_bank", "EUR", 1.0, ("BlueFin", "BlueFinOTP", "44000"), "192.0.2.10", 8),
    Account("kite_retail", "EUR", 1.0, ("KITE", "KITE-SALE", "Kite Shop"), "192.0.2.77", 7),
    Account("orbit_taxi", "USD", 1.0837, ("OrbitTaxi", "OrbitCode"), "198.51.100.4", 6, 0.25),
    Account("lumen_games", "USD", 1.0837, ("Lumen", "LUMEN18+"), "198.51.100.201", 4, 0.1),
    Account("sever_market", "RUB", 98.415, ("Север", "SEVER"), "203.0.113.5", 5, 0.1),
    Account("tern_health", "GBP", 0.8412, ("Tern", "O'Neil&Co", '"Tern"'), "203.0.113.90", 3),
    Account("palm_travel", "SGD", 1.4521, ("PalmTravel", "65000001"), "203.0.113.133", 4),
    Account("test\\lab", "EUR", 1.0, ("TEST", "0"), "192.0.2.250", 0.3, 0.3),
)

TEXTS = (
    "Your code is {}. Do not share it with anyone.",
    "{} is your verification code",
    "Payment of 45.90 EUR at KITE accepted, ref {}",
    'He said: "order {} is ready" \\o/',
    "Ваш код: {}. Никому не сообщайте его.",
    "Din kod är {}: välkommen åter!",
    "Parcel {} arrives today between 10:00 and 12:00\nTrack: https://example.com/t?id=1&x=%20",
    "🎉 SALE -50% 🎉 promo {} 👩‍👩‍👧‍👦",
    'Debug {"a":1},{"sms_hub_sms_id":{}},{"b":[1],[2]} ],[ }, { end',
    "验证码 {}，请勿泄露",
    "رمز التحقق الخاص بك هو {}",
    "C:\\temp\\new\\u0041\\{}\ttab, back\\\\slash and </script>",
    "{}",
)
"""What messages say, with a number of six digits at the first ``{}``."""

FLASH_TEXTS = ("{}", "rt5_{}")
"""What flash calls pass: a PIN of four digits, perhaps limited to 5 seconds of ringing."""
