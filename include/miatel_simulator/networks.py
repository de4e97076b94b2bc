"""The networks that recipients belong to: real names and MCC/MNC numbers, invented behaviour."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Network:
    """One mobile network.

    Args:
        mccmnc_id: MCC times 1000 plus MNC, the vendor's number (525001).
        name: Country and operator, the vendor's spelling (``Singapore - Singtel``).
        dialing_code: The country's.
        weight: Share of the traffic, relative to the others'.
        price: Price of one segment in millionths of a euro.
        quality: Share of accepted messages that reach the recipient, 0 to 1.
        latency_seconds: Median time until the receipt.
    """

    mccmnc_id: int
    name: str
    dialing_code: str
    weight: float
    price: int
    quality: float
    latency_seconds: float


NETWORKS = (
    Network(525001, "Singapore - Singtel", "65", 9, 34_500, 0.985, 4),
    Network(525003, "Singapore - M1", "65", 4, 33_200, 0.98, 5),
    Network(525005, "Singapore - StarHub", "65", 4, 33_900, 0.975, 5),
    Network(262001, "Germany - Telekom", "49", 6, 71_000, 0.98, 4),
    Network(262002, "Germany - Vodafone", "49", 5, 70_500, 0.975, 4),
    Network(262003, "Germany - O2", "49", 5, 70_000, 0.97, 5),
    Network(234010, "United Kingdom - O2", "44", 5, 39_800, 0.97, 4),
    Network(234015, "United Kingdom - Vodafone", "44", 4, 39_100, 0.97, 4),
    Network(234020, "United Kingdom - Three", "44", 3, 38_700, 0.96, 6),
    Network(234030, "United Kingdom - EE", "44", 5, 39_500, 0.975, 4),
    Network(208001, "France - Orange", "33", 4, 55_250, 0.975, 5),
    Network(208010, "France - SFR", "33", 3, 54_900, 0.965, 6),
    Network(208020, "France - Bouygues Telecom", "33", 2, 54_100, 0.965, 6),
    Network(222001, "Italy - TIM", "39", 3, 62_000, 0.96, 7),
    Network(222010, "Italy - Vodafone", "39", 3, 61_500, 0.965, 6),
    Network(214001, "Spain - Vodafone", "34", 3, 42_700, 0.965, 6),
    Network(214007, "Spain - Movistar", "34", 3, 42_900, 0.97, 6),
    Network(260001, "Poland - Plus", "48", 2, 21_300, 0.96, 6),
    Network(260003, "Poland - Orange", "48", 2, 21_200, 0.96, 6),
    Network(286001, "Turkey - Turkcell", "90", 5, 8_100, 0.94, 9),
    Network(286002, "Turkey - Vodafone", "90", 3, 7_900, 0.93, 10),
    Network(250001, "Russia - MTS", "7", 6, 41_000, 0.95, 8),
    Network(250002, "Russia - MegaFon", "7", 5, 40_500, 0.95, 8),
    Network(250099, "Russia - Beeline", "7", 4, 40_800, 0.94, 9),
    Network(255003, "Ukraine - Kyivstar", "380", 3, 58_000, 0.95, 9),
    Network(401001, "Kazakhstan - Beeline", "7", 3, 61_750, 0.92, 12),
    Network(434004, "Uzbekistan - Beeline", "998", 3, 78_400, 0.9, 15),
    Network(510010, "Indonesia - Telkomsel", "62", 7, 21_900, 0.91, 14),
    Network(510001, "Indonesia - Indosat Ooredoo", "62", 4, 21_500, 0.9, 15),
    Network(502012, "Malaysia - Maxis", "60", 3, 19_700, 0.95, 8),
    Network(515002, "Philippines - Globe", "63", 4, 18_300, 0.93, 11),
    Network(515003, "Philippines - Smart", "63", 4, 18_200, 0.92, 12),
    Network(520003, "Thailand - AIS", "66", 3, 9_600, 0.94, 9),
    Network(404010, "India - Airtel", "91", 6, 2_450, 0.88, 18),
    Network(405840, "India - Jio", "91", 6, 2_400, 0.89, 17),
    Network(310260, "United States - T-Mobile", "1", 4, 7_900, 0.97, 3),
    Network(310410, "United States - AT&T", "1", 4, 7_950, 0.97, 3),
    Network(724005, "Brazil - Claro", "55", 3, 14_600, 0.92, 11),
    Network(621030, "Nigeria - MTN", "234", 3, 48_500, 0.82, 40),
    Network(655001, "South Africa - Vodacom", "27", 2, 17_100, 0.94, 9),
    Network(612005, "Côte d'Ivoire - MTN", "225", 1, 66_600, 0.8, 60),
    Network(602002, "Egypt - Vodafone", "20", 2, 88_800, 0.85, 30),
    Network(440010, "Japan - NTT docomo", "81", 1, 59_300, 0.98, 4),
)

RARE_NETWORKS = (
    Network(368001, "Cuba - Cubacel", "53", 0, 61_900, 0.93, 12),
    Network(436004, "Tajikistan - Babilon-M", "992", 0, 96_300, 0.91, 15),
    Network(472001, "Maldives - Dhiraagu", "960", 0, 44_700, 0.95, 8),
    Network(648004, "Zimbabwe - Econet", "263", 0, 83_100, 0.89, 20),
)
"""Networks that nobody writes to, unless an incident makes somebody."""

ALL_NETWORKS = NETWORKS + RARE_NETWORKS
