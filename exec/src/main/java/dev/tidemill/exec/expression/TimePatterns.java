package dev.tidemill.exec.expression;

import dev.tidemill.plan.function.ScalarFunction;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Month;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.SignStyle;
import java.time.format.TextStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.time.temporal.TemporalField;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;

/** The patterns of dates and times, of java.time, of C's strftime and of TO_CHAR. */
final class TimePatterns {
  /** The letters of TO_CHAR, longer ones before those they begin with, and java.time's for them. */
  private static final List<Map.Entry<String, String>> TO_CHAR =
      List.of(
          Map.entry("YYYY", "uuuu"),
          Map.entry("YY", "uu"),
          Map.entry("MM", "MM"),
          Map.entry("DDD", "DDD"),
          Map.entry("DD", "dd"),
          Map.entry("HH24", "HH"),
          Map.entry("HH12", "hh"),
          Map.entry("HH", "hh"),
          Map.entry("MI", "mm"),
          Map.entry("SS", "ss"),
          Map.entry("MS", "SSS"),
          Map.entry("US", "SSSSSS"),
          Map.entry("FF1", "S"),
          Map.entry("FF2", "SS"),
          Map.entry("FF3", "SSS"),
          Map.entry("FF4", "SSSS"),
          Map.entry("FF5", "SSSSS"),
          Map.entry("FF6", "SSSSSS"),
          Map.entry("FF7", "SSSSSSS"),
          Map.entry("FF8", "SSSSSSSS"),
          Map.entry("FF9", "SSSSSSSSS"),
          Map.entry("IYYY", "YYYY"),
          Map.entry("IW", "ww"),
          Map.entry("Q", "Q"),
          Map.entry("TZ", "z"),
          Map.entry("OF", "xxx"),
          Map.entry("AM", "a"),
          Map.entry("PM", "a"));

  private static final int SECONDS_PER_DAY = 86_400;

  private TimePatterns() {}

  /**
   * A pattern as a formatter.
   *
   * @param seconds times without a zone in the same span of so many seconds, counted from midnight,
   *     are written alike; 0 where fractions of a second matter
   */
  record TimePattern(DateTimeFormatter formatter, int seconds) {}

  /** The patterns seen; one instance serves one thread. */
  static final class Seen {
    private final ScalarFunction function;
    private final Map<String, TimePattern> known = new HashMap<>();

    Seen(ScalarFunction function) {
      this.function = function;
    }

    TimePattern of(String pattern) {
      TimePattern found = known.get(pattern);
      if (found == null) {
        found = pattern(function, pattern);
        known.put(pattern, found);
      }
      return found;
    }
  }

  /** Puts a formatter together, and notes the finest letters on the way. */
  private static final class Builder {
    private final DateTimeFormatterBuilder formatter = new DateTimeFormatterBuilder();
    private int seconds = SECONDS_PER_DAY;

    void appendPattern(String letters) {
      formatter.appendPattern(letters);
      boolean isText = false;
      for (int i = 0; i < letters.length(); i++) {
        char letter = letters.charAt(i);
        isText ^= letter == '\'';
        if (!isText && Character.isLetter(letter)) {
          seconds = Math.min(seconds, seconds(letter));
        }
      }
    }

    private static int seconds(char letter) {
      return switch (letter) {
        case 'G', 'u', 'y', 'Y', 'Q', 'q', 'M', 'L', 'w', 'W', 'd', 'D', 'F', 'E', 'e', 'c', 'p' ->
            SECONDS_PER_DAY;
        case 'a', 'h', 'H', 'k', 'K' -> 3600;
        case 'm' -> 60;
        case 's' -> 1;
        default -> 0;
      };
    }

    void appendLiteral(String text) {
      formatter.appendLiteral(text);
    }

    void appendLiteral(char letter) {
      formatter.appendLiteral(letter);
    }

    /**
     * Adds what C reads by a letter with fewer digits too, which needs something else around it;
     * whether it does.
     */
    boolean readsSome(char letter, boolean apart) {
      TemporalField field =
          switch (letter) {
            case 'm' -> ChronoField.MONTH_OF_YEAR;
            case 'd' -> ChronoField.DAY_OF_MONTH;
            case 'j' -> ChronoField.DAY_OF_YEAR;
            case 'H' -> ChronoField.HOUR_OF_DAY;
            case 'I' -> ChronoField.CLOCK_HOUR_OF_AMPM;
            case 'M' -> ChronoField.MINUTE_OF_HOUR;
            case 'S' -> ChronoField.SECOND_OF_MINUTE;
            case 'f' -> ChronoField.NANO_OF_SECOND;
            default -> null;
          };
      if (field == null || !apart) {
        return false;
      }
      if (letter == 'f') {
        formatter.appendFraction(field, 1, 9, false);
      } else {
        formatter.appendValue(field, 1, letter == 'j' ? 3 : 2, SignStyle.NOT_NEGATIVE);
      }
      return true;
    }

    /** A field of the date. */
    void appendValue(TemporalField field, int width) {
      formatter.appendValue(field, width);
    }

    /** A field of the date. */
    void appendText(TemporalField field, Map<Long, String> names) {
      formatter.appendText(field, names);
    }
  }

  /** What a pattern in the language of {@code function} is. */
  static TimePattern pattern(ScalarFunction function, String pattern) {
    try {
      Builder builder = new Builder();
      switch (function) {
        case STRFTIME, STRPTIME -> addC(function, pattern, builder);
        case TO_CHAR -> addToChar(function, pattern, builder);
        default -> builder.appendPattern(pattern);
      }
      return new TimePattern(builder.formatter.toFormatter(Locale.ENGLISH), builder.seconds);
    } catch (IllegalArgumentException | DateTimeException e) {
      throw ExpressionErrors.invalidPattern(
          function, pattern, Objects.toString(e.getMessage(), "unknown letters"));
    }
  }

  private static void addC(ScalarFunction function, String pattern, Builder builder) {
    for (int at = 0; at < pattern.length(); at++) {
      char c = pattern.charAt(at);
      if (c != '%') {
        builder.appendLiteral(c);
        continue;
      }
      at++;
      boolean plain = at < pattern.length() && pattern.charAt(at) == '-';
      at += plain ? 1 : 0;
      if (at == pattern.length()) {
        throw ExpressionErrors.invalidPattern(function, pattern, "it ends with %");
      }
      if (function == ScalarFunction.STRPTIME
          && builder.readsSome(pattern.charAt(at), isApart(pattern, at, plain))) {
        continue;
      }
      String letters =
          switch (pattern.charAt(at)) {
            case 'Y' -> "uuuu";
            case 'y' -> "uu";
            case 'm' -> plain ? "M" : "MM";
            case 'd' -> plain ? "d" : "dd";
            case 'H' -> plain ? "H" : "HH";
            case 'I' -> plain ? "h" : "hh";
            case 'M' -> plain ? "m" : "mm";
            case 'S' -> plain ? "s" : "ss";
            case 'j' -> plain ? "D" : "DDD";
            case 'f' -> "SSSSSS";
            case 'g' -> "SSS";
            case 'n' -> "SSSSSSSSS";
            case 'p' -> "a";
            case 'a' -> "EEE";
            case 'A' -> "EEEE";
            case 'b', 'h' -> "MMM";
            case 'B' -> "MMMM";
            case 'u' -> "e";
            case 'V' -> "ww";
            case 'G' -> "YYYY";
            case 'F' -> "uuuu-MM-dd";
            case 'T', 'X' -> "HH:mm:ss";
            case 'R' -> "HH:mm";
            case 'D', 'x' -> "MM/dd/uu";
            case 'c' -> "EEE MMM ppd HH:mm:ss uuuu";
            case 'e' -> "ppd";
            case 'z' -> offset(function, pattern, "xx");
            case 'Z' -> offset(function, pattern, "z");
            case '%' -> "'%'";
            default ->
                throw ExpressionErrors.invalidPattern(
                    function, pattern, "there is no %" + pattern.charAt(at));
          };
      switch (pattern.charAt(at)) {
        case 'u' -> builder.appendValue(ChronoField.DAY_OF_WEEK, 1);
        case 'V' -> builder.appendValue(IsoFields.WEEK_OF_WEEK_BASED_YEAR, 2);
        case 'G' -> builder.appendValue(IsoFields.WEEK_BASED_YEAR, 4);
        default -> builder.appendPattern(letters);
      }
    }
  }

  /** Whether no other value stands next to the one of the letter at {@code at}. */
  private static boolean isApart(String pattern, int at, boolean plain) {
    int percent = at - (plain ? 2 : 1);
    boolean before = percent >= 2 && pattern.charAt(percent - 2) == '%';
    boolean beforePlain = percent >= 3 && pattern.startsWith("%-", percent - 3);
    return !before && !beforePlain && !pattern.startsWith("%", at + 1);
  }

  /** Letters of the zone, which is written and not read. */
  private static String offset(ScalarFunction function, String pattern, String letters) {
    if (function == ScalarFunction.STRPTIME) {
      throw ExpressionErrors.invalidPattern(
          function, pattern, "a time zone is not read; CAST a text with an offset to TIMESTAMPTZ");
    }
    return letters;
  }

  private static void addToChar(ScalarFunction function, String pattern, Builder builder) {
    int at = 0;
    while (at < pattern.length()) {
      char c = pattern.charAt(at);
      if (c == '"') {
        int end = pattern.indexOf('"', at + 1);
        if (end < 0) {
          throw ExpressionErrors.invalidPattern(function, pattern, "a \" without its partner");
        }
        builder.appendLiteral(pattern.substring(at + 1, end));
        at = end + 1;
      } else if (!Character.isLetter(c)) {
        builder.appendLiteral(c);
        at++;
      } else {
        at += letters(function, pattern, at, builder);
      }
    }
  }

  /** Adds what the letters at a place stand for; how many there are. */
  private static int letters(ScalarFunction function, String pattern, int at, Builder builder) {
    if (pattern.regionMatches(true, at, "FM", 0, 2)) {
      return 2;
    }
    for (String name : List.of("MONTH", "MON", "DAY", "DY")) {
      if (pattern.regionMatches(true, at, name, 0, name.length())) {
        String written = pattern.substring(at, at + name.length());
        UnaryOperator<String> form =
            written.equals(written.toUpperCase(Locale.ROOT))
                ? t -> t.toUpperCase(Locale.ROOT)
                : written.equals(written.toLowerCase(Locale.ROOT))
                    ? t -> t.toLowerCase(Locale.ROOT)
                    : UnaryOperator.identity();
        boolean ofMonth = name.startsWith("M");
        TextStyle style =
            name.length() > 3 || name.equals("DAY") ? TextStyle.FULL : TextStyle.SHORT;
        TemporalField field = ofMonth ? ChronoField.MONTH_OF_YEAR : ChronoField.DAY_OF_WEEK;
        builder.appendText(field, names(ofMonth, style, form));
        return name.length();
      }
    }
    for (Map.Entry<String, String> known : TO_CHAR) {
      if (pattern.regionMatches(true, at, known.getKey(), 0, known.getKey().length())) {
        switch (known.getKey()) {
          case "IW" -> builder.appendValue(IsoFields.WEEK_OF_WEEK_BASED_YEAR, 2);
          case "IYYY" -> builder.appendValue(IsoFields.WEEK_BASED_YEAR, 4);
          default -> builder.appendPattern(known.getValue());
        }
        return known.getKey().length();
      }
    }
    throw ExpressionErrors.invalidPattern(
        function,
        pattern,
        "nothing is known as " + pattern.substring(at) + "; text goes in double quotes");
  }

  private static Map<Long, String> names(
      boolean ofMonth, TextStyle style, UnaryOperator<String> form) {
    Map<Long, String> names = new HashMap<>();
    if (ofMonth) {
      for (Month month : Month.values()) {
        names.put((long) month.getValue(), form.apply(month.getDisplayName(style, Locale.ENGLISH)));
      }
    } else {
      for (DayOfWeek day : DayOfWeek.values()) {
        names.put((long) day.getValue(), form.apply(day.getDisplayName(style, Locale.ENGLISH)));
      }
    }
    return names;
  }
}
