/// Dates and times in the form of ISO 8601, in the Gregorian calendar for all years.
public enum CivilText {
    /// Returns the day that is so many days after 1970-01-01.
    public static func date(_ days: Int64) -> String {
        // Years begin in March here, so that a leap day is the last of its year; 400 years have 146,097 days.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        let year = yearOfEra + era * 400 + (month >= 10 ? 1 : 0)
        return padded(year, 4) + "-" + padded(month >= 10 ? month - 9 : month + 3, 2) + "-" + padded(day, 2)
    }

    /// Returns a time of day; also one that is negative or longer than a day, which nothing forbids.
    static func timeOfDay(_ time: Int64, perSecond: Int64) -> String {
        let (seconds, fraction) = time.quotientAndRemainder(dividingBy: perSecond)
        let sign = time < 0 ? "-" : ""
        let clock = [seconds / 3600, seconds / 60 % 60, seconds % 60]
            .map { padded(Int64($0.magnitude), 2) }.joined(separator: ":")
        let digits = padded(Int64(fraction.magnitude), perSecond == 1_000_000_000 ? 9 : 6)
        return sign + clock + "." + digits
    }

    /// Returns the moment that is so much later than 1970-01-01T00:00.
    static func timestamp(_ time: Int64, perSecond: Int64) -> String {
        let (quotient, remainder) = time.quotientAndRemainder(dividingBy: 86_400 * perSecond)
        let isBefore = remainder < 0
        return date(isBefore ? quotient - 1 : quotient) + "T"
            + timeOfDay(isBefore ? remainder + 86_400 * perSecond : remainder, perSecond: perSecond)
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = "\(number.magnitude)"
        let zeros = String(repeating: "0", count: max(0, width - digits.count))
        return (number < 0 ? "-" : "") + zeros + digits
    }
}
