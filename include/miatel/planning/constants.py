"""The constants of the planner, each with its unit and what happens when it is wrong.

None of them decides whether an answer is complete: a wrong one costs requests, never records.
"Part of the cap" is a share of the most records that one answer may hold.
"""

FILL = 0.95
"""Target part of the cap for a window whose traffic the days before predict.

Too high: more answers are truncated and asked for again. Too low: more requests.
"""

FILL_WITHOUT_PAST = 0.8
"""The same while no day before is known, when the rate may be rising. Too high: answers are
truncated. Too low: more requests.
"""

FILL_AFTER_TRUNCATION = 0.5
"""Part of those for the first window of what a truncated answer left out: a burst may go on there.
Too high: the rest of the burst is truncated again. Too low: one request more for each burst.
"""

SURVEY_FROM, SURVEY_CAPS = 2.0, 20.0
"""In caps of records: from how many unexpected ones in the last sample on a window is asked for
that is meant to be truncated, and how many usual records it spans. One sample shows many bursts:
cheaper than to run into each. Too low or too long: answers thrown away that showed nothing new.
"""

LEAST_SAMPLE, LEAST_SAMPLE_PART = 100, 1 / 100
"""Records of a sample in counted windows from which on its factor is known, not guessed, in records
and, for a sample that is small because the cap is, in parts of it. Too few: the factor is chance.
"""

LEAST_TRUSTED, LEAST_TRUSTED_PART = 2500, 1 / 40
"""Sampled records in a window, in records and in parts of a sample, below which the sample is too
thin to cut by it. Too low: windows of chance length. Too high: samples are asked for anew.
"""

MARGIN_OF_GUESS, MOST_MARGIN = 0.1, 0.3
"""Part of the cap left free where a sample's factor is guessed, and at most where it is known.
Too small: truncated answers. Too large: more requests.
"""

MARGIN_DEVIATIONS = 2.0
"""Standard deviations of a known factor and of the records themselves that are left free. Too few:
truncated answers. Too many: more requests.
"""

BLIND_FACTOR = 32.0
"""Records that one sampled record stands for while nothing at all is known of the traffic.
Too high: some small windows first. Too low: some truncated answers first.
"""

SURPRISE_FACTOR, WORSE_FACTOR = 1.4, 3.0
"""The least guess, and by how much it grows, where a window cut by a guess was truncated again.
Too small: it is truncated once more. Too large: some windows are too short.
"""

LEAST_GUESS, LEAST_FACTOR = 1.05, 0.25
"""Bounds of a guessed and of a known factor: records that one sampled record stands for.
Below 1 only where the sampled records were counted before some of them went.
"""

LEFT_OUT = 0.05
"""Part of a window that holds no record at one end, from which on that end was left out by the cap;
used while nothing is known of the traffic. Too low: chance gaps are taken for it.
"""

CLEARLY_LEFT_OUT = 20
"""Records expected at an empty end of a window from which on that end was left out by the cap. Too
low: a quiet hour is taken for it. Too high: the answer is taken for a sample, so more is asked for.
"""

CLEARLY_THINNER = 1.5
"""How many times fewer records than expected, all over a window, make an answer a sample. Too low:
a quiet hour is taken for a sample. Too high: a sample is taken for the first or last records.
"""

BIN_SECONDS = 900
"""Seconds over which traffic is counted together. Too long: the edges of a day's rush are missed.
Too short: counts are chance.
"""

WEEKS_KEPT, DAYS_KEPT = 4, 7
"""Weeks and days of past traffic that predict. Too few: one odd one counts. Too many: growth is
followed late.
"""

MOST_TIMES_READ = 1_000_000
"""Records of a landed day up to which their times are read, not only the counts of its windows. Too
few: a busy day's rush hours are not known. Too many: time for reading files, for windows that are
short anyway.
"""

MOST_OVER_USUAL = 3.0
"""Times the usual traffic that is predicted at most. Too high: a past burst makes short windows.
Too low: growth of a weekday is met by truncated answers.
"""

ENOUGH_SEEN, BINS_AROUND = 4, 3
"""Days below which a median may be that of a burst, and bins before and after one by which it is
bounded then. Too few days: the only day known is believed, bursts and all.
"""

LEVELS = (0.2, 5.0)
"""Bounds of how today compares with the days before, as a factor. Too wide: one odd answer counts.
Too narrow: a holiday, or twice the traffic, is followed late.
"""

LEVEL_TRUSTED = 3.0
"""Times as many records as expected up to which an answer sets that level alone. Too high: a burst
raises it. Too low: a true rise is followed late.
"""

FEW_RECORDS = 1_000
"""Records below which an answer says little of the level. Too low: quiet hours make it jump."""

SLICES = 16
"""Equal parts of a window whose middle one is compared. Too few: a burst is most of them."""

MOST_IN_SMALL_BURSTS = 0.2
"""Part of the cap that a window may hold beyond the usual traffic for its bursts to be small. Too
high: windows are cut short for great bursts, which truncate them anyway. Too low: room for one
burst where there are two.
"""

WINDOWS_KEPT = 60
"""Windows, of landed days or asked for, by which small bursts are known. Too many: new habits are
followed late. Too few: the room left for them is chance.
"""

FEWEST_BURSTS = 0.15
"""Small bursts expected in a window from which on room is left for them in each. Too low: most
windows have free room for nothing. Too high: many windows are truncated by their only burst.
"""

BURST_DEVIATIONS = 1.5
"""Standard deviations of the records of small bursts that are left free, too. Too few: truncated
answers. Too many: more requests.
"""
