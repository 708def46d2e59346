//! Dates: Excel counts days from 1900 (or 1904), people write ISO 8601.

/// Days of 400 years.
const CYCLE_DAYS: i64 = 146_097;
/// From 0000-03-01 to 1899-12-30, which is Excel's day 0.
const EPOCH_1900: i64 = 693_899;
/// What a workbook of the other epoch is behind.
const EPOCH_1904_DAYS: i64 = 1_462;
const DAY_SECONDS: f64 = 86_400.0;

/// Returns a day number as `2026-05-17`, with the time where there is one; none past year 9999.
pub(crate) fn iso(serial: f64, is_1904: bool) -> Option<String> {
    let serial = match is_1904 {
        true => serial + EPOCH_1904_DAYS as f64,
        false => serial,
    };
    if !(0.0..2_958_466.0).contains(&serial) {
        return None;
    }
    let seconds = (serial * DAY_SECONDS).round() as i64;
    let (day, time) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // Excel believes that 1900 was a leap year: its days before March 1900 are one ahead.
    let day = if day < 60 && !is_1904 { day + 1 } else { day };
    let (year, month, day) = civil(day + EPOCH_1900);
    let date = format!("{year:04}-{month:02}-{day:02}");
    Some(match time {
        0 => date,
        time => {
            let (hours, minutes) = (time / 3_600, time / 60 % 60);
            format!("{date}T{hours:02}:{minutes:02}:{:02}", time % 60)
        }
    })
}

/// Returns year, month and day of days since 0000-03-01 (Howard Hinnant's algorithm).
fn civil(days: i64) -> (i64, i64, i64) {
    let (cycle, of_cycle) = (days.div_euclid(CYCLE_DAYS), days.rem_euclid(CYCLE_DAYS));
    let year = (of_cycle - of_cycle / 1_460 + of_cycle / 36_524 - of_cycle / 146_096) / 365;
    let of_year = of_cycle - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    (cycle * 400 + year + next, month, day)
}

/// Reads `2026-05-17`, from 1900 on.
pub(crate) fn parse(text: &str) -> Option<(u16, u8, u8)> {
    let shape = text.len() == 10 && text.is_ascii();
    let mut parts = text.split('-');
    let year: u16 = parts.next().filter(|_| shape)?.parse().ok()?;
    let (month, day): (u8, u8) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    let fits = (1900..=9999).contains(&year) && (1..=days).contains(&day) && parts.next().is_none();
    fits.then_some((year, month, day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn day_numbers_are_dates() {
        let check = |serial: f64, is_1904: bool, expected: Option<&str>| {
            assert_eq!(iso(serial, is_1904).as_deref(), expected, "{serial}");
        };
        check(1.0, false, Some("1900-01-01"));
        check(61.0, false, Some("1900-03-01"));
        check(45_000.0, false, Some("2023-03-15"));
        check(45_000.354_166_666_7, false, Some("2023-03-15T08:30:00"));
        check(43_538.0, true, Some("2023-03-15"));
        check(2_958_465.0, false, Some("9999-12-31"));
        check(-1.0, false, None);
        check(f64::NAN, false, None);
        check(1e300, true, None);
    }

    #[test]
    fn texts_are_dates_or_not() {
        assert_eq!(parse("2024-02-29"), Some((2024, 2, 29)));
        for text in [
            "2023-02-29",
            "2024-13-01",
            "2024-00-10",
            "2024-1-01",
            "+024-01-01",
            "",
            "2024-01-01-",
            "1899-01-01",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
