package dev.tidemill.foundation.format;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.TimeUnits;
import dev.tidemill.foundation.type.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneRules;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads the texts that {@link ValueFormat} writes, strictly: CSV and JSON, and CAST from VARCHAR,
 * which {@linkplain #ofCasts takes} some more. Made once and used for many values; what is wrong
 * with a text is a sentence, not an exception. One thread.
 *
 * <pre>{@code
 * if (parser.parse(Type.BIGINT, bytes, from, length)) {
 *   builder.appendLong(parser.longValue());   // or parser.appendTo(builder)
 * } else {
 *   … parser.problem() …                      // 'x1' is not a BIGINT
 * }
 * }</pre>
 *
 * <ul>
 *   <li>Spaces around a value do not count, but for VARCHAR.
 *   <li>BOOLEAN: {@code true} or {@code false} in any case, {@code t}, {@code yes}, {@code y},
 *       {@code 1} and their opposites. Integers: digits behind an optional sign.
 *   <li>DECIMAL: also with a point and an exponent; digits behind the scale are rounded half up.
 *       REAL, DOUBLE: the same, and {@code NaN}, {@code Infinity}, {@code inf} in any case; a
 *       number too great for the type is an error.
 *   <li>DATE: {@code 2024-01-31}, years 0001 to 9999. TIME: {@code 10:00}, {@code 10:00:00}, {@code
 *       10:00:00.123}. TIMESTAMP: a date, then a space or {@code T} and a time, or nothing
 *       (midnight); a {@code Z} behind it is allowed, another zone only for TIMESTAMP WITH LOCAL
 *       TIME ZONE, which without one is in the parser's zone, as java.time reads it: in UTC where
 *       none was given. Digits of a fraction behind the type's precision are cut off.
 *   <li>INTERVAL YEAR TO MONTH: {@code 1-2}, {@code -0-3}; INTERVAL DAY TO SECOND: {@code 1
 *       02:03:04.5}; either also as whole numbers with units, {@code 1 year -2 months}, {@code 3
 *       days 04:05:06.7}. Digits behind microseconds are cut off.
 *   <li>VARCHAR: well-formed UTF-8 of not more code points than the type allows. VARBINARY: {@code
 *       \x} and pairs of hexadecimal digits. ARRAY, MAP and ROW are not read from text.
 * </ul>
 */
public final class ValueParser {
  private static final long[] TENS = new long[19];
  private static final double[] DOUBLE_TENS = new double[23];
  private static final int MAX_QUOTED = 60;
  private static final List<String> TRUE = List.of("true", "t", "1", "yes", "y");
  private static final List<String> FALSE = List.of("false", "f", "0", "no", "n");
  private static final long MICROS_PER_DAY = 86_400_000_000L;

  static {
    TENS[0] = 1;
    for (int i = 1; i < TENS.length; i++) {
      TENS[i] = TENS[i - 1] * 10;
    }
    for (int i = 0; i < DOUBLE_TENS.length; i++) {
      DOUBLE_TENS[i] = Double.parseDouble("1e" + i);
    }
  }

  private enum Outcome {
    GOOD,
    MALFORMED,
    OUT_OF_RANGE,
    TOO_LONG,
    ZONE,
    UNREADABLE
  }

  private final ZoneRules zone;
  private final boolean casts;
  private Type type = Type.NULL;
  private byte[] bytes = new byte[0];
  private int start;
  private int end;
  private Outcome outcome = Outcome.MALFORMED;

  private long low;
  private long high;
  private double real;
  private byte[] binary = new byte[0];
  private byte[] copied = new byte[64];
  private int at;
  private boolean scannedNegative;
  private boolean scannedMore;
  private int scannedExponent;

  public ValueParser() {
    this(ZoneOffset.UTC);
  }

  /** A parser that takes times without a zone for what the clocks of {@code zone} show. */
  public ValueParser(ZoneId zone) {
    this(zone, false);
  }

  private ValueParser(ZoneId zone, boolean casts) {
    this.zone = zone.getRules();
    this.casts = casts;
  }

  /**
   * A parser of what CAST takes: months and days of one digit ({@code 2024-1-5}) too, a time behind
   * a DATE, which is cut off, and as VARBINARY any text, of which {@code \x41} is a byte and the
   * rest is its UTF-8.
   */
  public static ValueParser ofCasts(ZoneId zone) {
    return new ValueParser(zone, true);
  }

  /** Reads a value of {@code wanted} from UTF-8 text; false if there is a {@link #problem}. */
  public boolean parse(Type wanted, byte[] text, int offset, int length) {
    type = wanted;
    bytes = text;
    start = offset;
    end = offset + length;
    if (!(wanted instanceof Type.Varchar || casts && wanted instanceof Type.Varbinary)) {
      trim();
    }
    outcome =
        switch (wanted) {
          case Type.Bool t -> bool();
          case Type.Int t -> integer(t.bits());
          case Type.Real t -> floating(true);
          case Type.DoubleType t -> floating(false);
          case Type.Decimal t -> decimal(t);
          case Type.Varchar t -> text(t);
          case Type.Varbinary t -> hex();
          case Type.Date t -> date();
          case Type.Time t -> time(t.precision());
          case Type.Timestamp t -> timestamp(t.precision(), false);
          case Type.ZonedTimestamp t -> timestamp(t.precision(), true);
          case Type.MonthInterval t -> monthInterval();
          case Type.TimeInterval t -> timeInterval();
          case Type.Array t -> Outcome.UNREADABLE;
          case Type.MapType t -> Outcome.UNREADABLE;
          case Type.Row t -> Outcome.UNREADABLE;
          case Type.Null t -> Outcome.UNREADABLE;
        };
    return outcome == Outcome.GOOD;
  }

  /** As {@link #parse(Type, byte[], int, int)}, from memory. */
  public boolean parse(Type wanted, long address, int length) {
    if (copied.length < length) {
      copied = new byte[Math.max(length, copied.length * 2)];
    }
    Memory.copyToArray(address, copied, 0, length);
    return parse(wanted, copied, 0, length);
  }

  /** As {@link #parse(Type, byte[], int, int)}, from a string. */
  public boolean parse(Type wanted, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return parse(wanted, utf8, 0, utf8.length);
  }

  /** What is wrong with the last text, to stand behind "file, line, column: ". */
  public String problem() {
    String text = quoted();
    return switch (outcome) {
      case GOOD -> throw new IllegalStateException("there is no problem");
      case MALFORMED -> text + " is not " + article() + type + expectation();
      case OUT_OF_RANGE -> text + " is out of range for " + type;
      case TOO_LONG -> text + " is longer than " + type;
      case ZONE ->
          text
              + " has a time zone, which "
              + type
              + " has not; declare it TIMESTAMP WITH LOCAL TIME ZONE or leave the zone out";
      case UNREADABLE -> "a value of type " + type + " cannot be read from text";
    };
  }

  private String article() {
    return "AEIOU".indexOf(type.sql().charAt(0)) >= 0 ? "an " : "a ";
  }

  private String expectation() {
    return switch (type) {
      case Type.Bool t -> " (expected true or false)";
      case Type.Date t -> " (expected a form like 2024-01-31)";
      case Type.Time t -> " (expected a form like 10:00:00)";
      case Type.Timestamp t -> " (expected a form like 2024-01-31 10:00:00)";
      case Type.ZonedTimestamp t -> " (expected a form like 2024-01-31 10:00:00Z)";
      case Type.Varbinary t ->
          casts
              ? " (expected text in which a backslash begins a byte like \\x41)"
              : " (expected a form like \\xDEAD)";
      case Type.Varchar t -> ": it is not UTF-8";
      default -> "";
    };
  }

  private String quoted() {
    String text =
        new String(bytes, start, Math.min(end - start, MAX_QUOTED * 4), StandardCharsets.UTF_8);
    boolean whole =
        text.codePointCount(0, text.length()) <= MAX_QUOTED && end - start <= MAX_QUOTED * 4;
    return whole
        ? "'" + text + "'"
        : "'" + text.substring(0, text.offsetByCodePoints(0, MAX_QUOTED)) + "…'";
  }

  /**
   * The last value: integers, BOOLEAN as 0 and 1, dates, times, timestamps, intervals in the
   * column's unit.
   */
  public long longValue() {
    return low;
  }

  /** The last REAL or DOUBLE. */
  public double doubleValue() {
    return real;
  }

  /** The low half of the last DECIMAL's unscaled value. */
  public long decimalLow() {
    return low;
  }

  /** The high half of the last DECIMAL's unscaled value. */
  public long decimalHigh() {
    return high;
  }

  /** Appends the last value to a builder of its type. */
  public void appendTo(ColumnBuilder builder) {
    if (outcome != Outcome.GOOD) {
      throw new IllegalStateException(problem());
    }
    switch (type) {
      case Type.Bool t -> builder.appendBoolean(low != 0);
      case Type.Real t -> builder.appendDouble(real);
      case Type.DoubleType t -> builder.appendDouble(real);
      case Type.Decimal t -> builder.appendDecimal(low, high);
      case Type.Varchar t -> builder.appendBytes(bytes, start, end - start);
      case Type.Varbinary t -> builder.appendBytes(binary, 0, binary.length);
      default -> builder.appendLong(low);
    }
  }

  /**
   * The value as an object of the class that {@link Type} names; null with a {@link #problem}. For
   * few values.
   */
  public @Nullable Object parseObject(Type wanted, String text) {
    if (!parse(wanted, text)) {
      return null;
    }
    try (MemoryScope scope = MemoryScope.root("value", MemoryScope.UNLIMITED);
        ColumnBuilder builder = ColumnBuilder.of(wanted, scope, 1)) {
      appendTo(builder);
      try (Column column = builder.build()) {
        return column.value(0);
      }
    }
  }

  private void trim() {
    while (start < end && isSpace(bytes[start])) {
      start++;
    }
    while (end > start && isSpace(bytes[end - 1])) {
      end--;
    }
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\t' || b == '\r' || b == '\n';
  }

  private boolean is(String lower, int from) {
    if (end - from != lower.length()) {
      return false;
    }
    for (int i = 0; i < lower.length(); i++) {
      int b = bytes[from + i];
      if ((b >= 'A' ? b | 0x20 : b) != lower.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private Outcome bool() {
    for (String word : TRUE) {
      if (is(word, start)) {
        low = 1;
        return Outcome.GOOD;
      }
    }
    low = 0;
    for (String word : FALSE) {
      if (is(word, start)) {
        return Outcome.GOOD;
      }
    }
    return Outcome.MALFORMED;
  }

  private Outcome integer(int bits) {
    int i = start;
    boolean negative = i < end && bytes[i] == '-';
    if (i < end && (bytes[i] == '-' || bytes[i] == '+')) {
      i++;
    }
    if (i == end) {
      return Outcome.MALFORMED;
    }
    long value = 0;
    boolean over = false;
    for (; i < end; i++) {
      int digit = bytes[i] - '0';
      if (digit < 0 || digit > 9) {
        return Outcome.MALFORMED;
      }
      over |= value < (Long.MIN_VALUE + digit) / 10;
      value = value * 10 - digit;
    }
    over |= !negative && value == Long.MIN_VALUE;
    low = negative ? value : -value;
    return over || low != low << (64 - bits) >> (64 - bits) ? Outcome.OUT_OF_RANGE : Outcome.GOOD;
  }

  /**
   * Scans a number: sets {@link #low} to its first 18 digits but for leading zeros, {@link
   * #scannedExponent} to the power of ten they are to be multiplied with, {@link #scannedMore} if
   * there are further digits.
   */
  private boolean scanNumber() {
    int i = start;
    scannedNegative = i < end && bytes[i] == '-';
    if (i < end && (bytes[i] == '-' || bytes[i] == '+')) {
      i++;
    }
    long digits = 0;
    int kept = 0;
    int exponent = 0;
    boolean any = false;
    boolean point = false;
    scannedMore = false;
    for (; i < end; i++) {
      int digit = bytes[i] - '0';
      if (digit >= 0 && digit <= 9) {
        any = true;
        if (kept < 18) {
          digits = digits * 10 + digit;
          kept += digits == 0 ? 0 : 1;
          exponent -= point ? 1 : 0;
        } else {
          scannedMore |= digit != 0;
          exponent += point ? 0 : 1;
        }
      } else if (bytes[i] == '.' && !point) {
        point = true;
      } else {
        break;
      }
    }
    if (!any) {
      return false;
    }
    if (i < end) {
      int power = exponentAt(i);
      if (power == Integer.MIN_VALUE) {
        return false;
      }
      exponent += power;
    }
    low = digits;
    scannedExponent = exponent;
    return true;
  }

  /** The number behind an e, at most 1,000,000 either way; the least int where there is none. */
  private int exponentAt(int e) {
    int i = e + 1;
    if ((bytes[e] | 0x20) != 'e') {
      return Integer.MIN_VALUE;
    }
    boolean negative = i < end && bytes[i] == '-';
    if (i < end && (bytes[i] == '-' || bytes[i] == '+')) {
      i++;
    }
    if (i == end) {
      return Integer.MIN_VALUE;
    }
    int value = 0;
    for (; i < end; i++) {
      int digit = bytes[i] - '0';
      if (digit < 0 || digit > 9) {
        return Integer.MIN_VALUE;
      }
      value = Math.min(value * 10 + digit, 1_000_000);
    }
    return negative ? -value : value;
  }

  private Outcome decimal(Type.Decimal decimal) {
    if (!scanNumber()) {
      return Outcome.MALFORMED;
    }
    int shift = scannedExponent + decimal.scale();
    if (low == 0 && !scannedMore) {
      high = 0;
      return Outcome.GOOD;
    }
    if (!scannedMore && (shift <= 0 ? shift > -19 : shift < 18 && low < TENS[18 - shift])) {
      long unit = TENS[Math.max(-shift, 0)];
      long rest = low % unit;
      long value =
          shift > 0 ? low * TENS[shift] : low / unit + (rest != 0 && rest >= unit - rest ? 1 : 0);
      if (decimal.precision() < 19 && value >= TENS[decimal.precision()]) {
        return Outcome.OUT_OF_RANGE;
      }
      low = scannedNegative ? -value : value;
      high = low >> 63;
      return Outcome.GOOD;
    }
    return wideDecimal(decimal, shift);
  }

  private Outcome wideDecimal(Type.Decimal decimal, int shift) {
    if (shift > Type.MAX_DECIMAL_PRECISION) {
      return Outcome.OUT_OF_RANGE;
    }
    if (shift < -1000 - (end - start)) {
      low = 0;
      high = 0;
      return Outcome.GOOD;
    }
    BigDecimal value =
        new BigDecimal(new String(bytes, start, end - start, StandardCharsets.ISO_8859_1));
    BigInteger unscaled = value.setScale(decimal.scale(), RoundingMode.HALF_UP).unscaledValue();
    if (unscaled.abs().compareTo(BigInteger.TEN.pow(decimal.precision())) >= 0) {
      return Outcome.OUT_OF_RANGE;
    }
    low = unscaled.longValue();
    high = unscaled.shiftRight(64).longValue();
    return Outcome.GOOD;
  }

  private Outcome floating(boolean single) {
    int unsigned = start < end && (bytes[start] == '-' || bytes[start] == '+') ? start + 1 : start;
    boolean negative = unsigned > start && bytes[start] == '-';
    if (is("infinity", unsigned) || is("inf", unsigned)) {
      real = negative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
      return Outcome.GOOD;
    }
    if (is("nan", unsigned)) {
      real = Double.NaN;
      return Outcome.GOOD;
    }
    if (!scanNumber()) {
      return Outcome.MALFORMED;
    }
    if (!single
        && !scannedMore
        && low <= 1L << 53
        && scannedExponent >= -22
        && scannedExponent <= 22) {
      // both are exact, so that the one rounding is the right one (Clinger, How to read floating
      // point numbers)
      double value =
          scannedExponent < 0
              ? low / DOUBLE_TENS[-scannedExponent]
              : low * DOUBLE_TENS[scannedExponent];
      real = negative ? -value : value;
      return Outcome.GOOD;
    }
    String text = new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
    real = single ? Float.parseFloat(text) : Double.parseDouble(text);
    return Double.isInfinite(real) ? Outcome.OUT_OF_RANGE : Outcome.GOOD;
  }

  private Outcome text(Type.Varchar varchar) {
    if (Utf8.firstMalformed(bytes, start, end - start) >= 0) {
      return Outcome.MALFORMED;
    }
    return end - start > varchar.maxLength()
            && Utf8.codePoints(bytes, start, end - start) > varchar.maxLength()
        ? Outcome.TOO_LONG
        : Outcome.GOOD;
  }

  private Outcome hex() {
    Outcome digits = onlyHex();
    return digits == Outcome.MALFORMED && casts ? escaped() : digits;
  }

  /** Text in which {@code \xHH} is a byte. */
  private Outcome escaped() {
    byte[] found = new byte[end - start];
    int count = 0;
    for (at = start; at < end; count++) {
      if (bytes[at] != '\\') {
        found[count] = bytes[at++];
        continue;
      }
      int most = at + 3 < end && bytes[at + 1] == 'x' ? Character.digit(bytes[at + 2], 16) : -1;
      int least = most < 0 ? -1 : Character.digit(bytes[at + 3], 16);
      if (least < 0) {
        return Outcome.MALFORMED;
      }
      found[count] = (byte) (most << 4 | least);
      at += 4;
    }
    binary = Arrays.copyOf(found, count);
    return Outcome.GOOD;
  }

  private Outcome onlyHex() {
    if (end - start < 2
        || bytes[start] != '\\'
        || bytes[start + 1] != 'x'
        || (end - start) % 2 != 0) {
      return Outcome.MALFORMED;
    }
    binary = new byte[(end - start) / 2 - 1];
    for (int i = 0; i < binary.length; i++) {
      int most = Character.digit(bytes[start + 2 + 2 * i], 16);
      int least = Character.digit(bytes[start + 3 + 2 * i], 16);
      if (most < 0 || least < 0) {
        return Outcome.MALFORMED;
      }
      binary[i] = (byte) (most << 4 | least);
    }
    return Outcome.GOOD;
  }

  /** The next {@code count} digits as a number, -1 where they are none; moves on. */
  private int digits(int count) {
    if (at + count > end) {
      return -1;
    }
    int value = 0;
    for (int i = 0; i < count; i++) {
      int digit = bytes[at++] - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value;
  }

  private boolean accept(char expected) {
    if (at < end && bytes[at] == expected) {
      at++;
      return true;
    }
    return false;
  }

  private Outcome date() {
    at = start;
    low = epochDay();
    if (low == Long.MIN_VALUE) {
      return Outcome.MALFORMED;
    }
    if (casts && (accept('T') || accept('t') || accept(' ')) && nanoOfDay() < 0) {
      return Outcome.MALFORMED;
    }
    return at == end ? Outcome.GOOD : Outcome.MALFORMED;
  }

  private int ofDate() {
    return casts ? (int) number(2) : digits(2);
  }

  /** Days since 1970-01-01 of the date at {@link #at}; the least long where there is none. */
  private long epochDay() {
    int year = digits(4);
    int month = year > 0 && accept('-') ? ofDate() : -1;
    int day = month >= 1 && month <= 12 && accept('-') ? ofDate() : -1;
    if (day < 1 || day > daysIn(year, month)) {
      return Long.MIN_VALUE;
    }
    // days from civil, with years that begin in March
    long y = month <= 2 ? year - 1L : year;
    long era = y / 400;
    long yearOfEra = y - era * 400;
    long dayOfYear = (153L * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719468;
  }

  private static int daysIn(int year, int month) {
    if (month == 2) {
      return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
    }
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
  }

  /** Nanoseconds since midnight of the time at {@link #at}; -1 where there is none. */
  private long nanoOfDay() {
    int hour = digits(2);
    int minute = hour >= 0 && accept(':') ? digits(2) : -1;
    long nano = minute >= 0 && accept(':') ? secondAndFraction() : 0;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || nano < 0) {
      return -1;
    }
    return (hour * 3600L + minute * 60L) * 1_000_000_000L + nano;
  }

  /** The nanoseconds of {@code 06} or {@code 06.7}, -1 where there are none. */
  private long secondAndFraction() {
    int second = digits(2);
    long nano = 0;
    if (second >= 0 && accept('.')) {
      int first = at;
      int digit;
      while (at < end && (digit = bytes[at] - '0') >= 0 && digit <= 9) {
        nano = at - first < 9 ? nano * 10 + digit : nano;
        at++;
      }
      if (at == first) {
        return -1;
      }
      nano *= TENS[Math.max(0, 9 - (at - first))];
    }
    return second < 0 || second > 59 ? -1 : second * 1_000_000_000L + nano;
  }

  /** Cuts off the digits of a fraction behind {@code precision}. */
  private static long cut(long nano, int precision) {
    return nano - nano % TimeUnits.nanosPerDigit(precision);
  }

  private Outcome time(int precision) {
    at = start;
    long nano = nanoOfDay();
    if (nano < 0 || at != end) {
      return Outcome.MALFORMED;
    }
    low = cut(nano, precision) / (1_000_000_000L / TimeUnits.timePerSecond(precision));
    return Outcome.GOOD;
  }

  private Outcome timestamp(int precision, boolean zoned) {
    at = start;
    long day = epochDay();
    if (day == Long.MIN_VALUE) {
      return Outcome.MALFORMED;
    }
    long nano = 0;
    long offsetSeconds = 0;
    boolean local = zoned;
    if (accept('T') || accept('t') || accept(' ')) {
      nano = nanoOfDay();
      if (nano < 0) {
        return Outcome.MALFORMED;
      }
      accept(' ');
      local &= at == end;
      if (!accept('Z') && !accept('z') && at < end) {
        offsetSeconds = zone();
        if (offsetSeconds == Long.MIN_VALUE) {
          return Outcome.MALFORMED;
        }
        if (!zoned) {
          return Outcome.ZONE;
        }
      }
    }
    if (at != end) {
      return Outcome.MALFORMED;
    }
    if (local) {
      offsetSeconds = offsetAt(day * 86_400L + nano / 1_000_000_000L);
    }
    long perSecond = TimeUnits.perSecond(precision);
    long seconds = day * 86_400L + nano / 1_000_000_000L - offsetSeconds;
    long units = cut(nano % 1_000_000_000L, precision) / (1_000_000_000L / perSecond);
    if (seconds > (Long.MAX_VALUE - units) / perSecond || seconds < Long.MIN_VALUE / perSecond) {
      return Outcome.OUT_OF_RANGE;
    }
    low = seconds * perSecond + units;
    return Outcome.GOOD;
  }

  /** Seconds east of UTC of the parser's zone, when its clocks show this. */
  private long offsetAt(long localSeconds) {
    return zone.getOffset(LocalDateTime.ofEpochSecond(localSeconds, 0, ZoneOffset.UTC))
        .getTotalSeconds();
  }

  /**
   * Seconds east of UTC of {@code +02}, {@code +0200}, {@code +02:00} or {@code +00:53:28}; the
   * least long where there is none.
   */
  private long zone() {
    boolean east = accept('+');
    if (!east && !accept('-')) {
      return Long.MIN_VALUE;
    }
    int hours = digits(2);
    int minutes = 0;
    int rest = 0;
    if (hours >= 0 && at < end) {
      boolean colon = accept(':');
      minutes = digits(2);
      rest = colon && minutes >= 0 && accept(':') ? digits(2) : 0;
    }
    boolean valid = hours >= 0 && hours <= 18 && minutes >= 0 && minutes <= 59;
    if (!valid || rest < 0 || rest > 59) {
      return Long.MIN_VALUE;
    }
    long seconds = hours * 3600L + minutes * 60L + rest;
    return east ? seconds : -seconds;
  }

  /** A number of 1 to {@code most} digits, -1 where there is none; moves on. */
  private long number(int most) {
    int first = at;
    long value = 0;
    while (at < end && at - first < most && bytes[at] >= '0' && bytes[at] <= '9') {
      value = value * 10 + bytes[at++] - '0';
    }
    return at == first ? -1 : value;
  }

  private Outcome monthInterval() {
    at = start;
    boolean negative = accept('-');
    long years = number(9);
    long months = years >= 0 && accept('-') ? number(2) : -1;
    if (months < 0 || months > 11 || at != end) {
      return spelledInterval(true);
    }
    low = (negative ? -1 : 1) * (years * 12 + months);
    return low == (int) low ? Outcome.GOOD : Outcome.OUT_OF_RANGE;
  }

  private Outcome timeInterval() {
    at = start;
    boolean negative = accept('-');
    long days = number(11);
    long nano = days >= 0 && accept(' ') ? nanoOfDay() : -1;
    if (nano < 0 || at != end) {
      return spelledInterval(false);
    }
    return addInterval(0, negative ? -days : days, MICROS_PER_DAY)
        ? addedTime(negative, nano)
        : Outcome.OUT_OF_RANGE;
  }

  /** Sets {@link #low} to {@code sum + count * unit}; false where that does not fit. */
  private boolean addInterval(long sum, long count, long unit) {
    low = sum + count * unit;
    return Math.multiplyHigh(count, unit) == count * unit >> 63
        && ((sum ^ low) & (count * unit ^ low)) >= 0;
  }

  private Outcome addedTime(boolean negative, long nano) {
    long micros = nano / 1000;
    return addInterval(low, negative ? -micros : micros, 1) ? Outcome.GOOD : Outcome.OUT_OF_RANGE;
  }

  /**
   * {@code 1 year -2 months}, {@code 3 days 04:05:06.7}: whole numbers with their units, then a
   * time of any number of hours.
   */
  private Outcome spelledInterval(boolean ofMonths) {
    at = start;
    low = 0;
    do {
      boolean negative = accept('-');
      if (!negative) {
        accept('+');
      }
      long count = number(18);
      if (count < 0) {
        return Outcome.MALFORMED;
      }
      if (!ofMonths && accept(':')) {
        return timeOfInterval(negative, count);
      }
      while (accept(' ')) {}
      int first = at;
      while (at < end && bytes[at] != ' ') {
        at++;
      }
      String name = new String(bytes, first, at - first, StandardCharsets.US_ASCII);
      long unit = intervalUnit(name.toLowerCase(Locale.ROOT), ofMonths);
      if (unit == 0) {
        return Outcome.MALFORMED;
      }
      boolean fits = addInterval(low, negative ? -count : count, unit);
      if (!fits || ofMonths && low != (int) low) {
        return Outcome.OUT_OF_RANGE;
      }
      while (accept(' ')) {}
    } while (at < end);
    return Outcome.GOOD;
  }

  /** The rest of {@code 100:05:06.7}, which ends the value. */
  private Outcome timeOfInterval(boolean negative, long hours) {
    int minute = digits(2);
    long nano = 0;
    if (minute >= 0 && at < end) {
      nano = accept(':') ? secondAndFraction() : -1;
      if (nano < 0) {
        return Outcome.MALFORMED;
      }
    }
    if (minute < 0 || minute > 59 || at != end) {
      return Outcome.MALFORMED;
    }
    return addInterval(low, negative ? -hours : hours, MICROS_PER_DAY / 24)
            && addInterval(low, negative ? -minute : minute, 60_000_000L)
        ? addedTime(negative, nano)
        : Outcome.OUT_OF_RANGE;
  }

  /** In months or microseconds; 0 for what is no unit of the interval. */
  private static long intervalUnit(String name, boolean ofMonths) {
    return ofMonths
        ? switch (name) {
          case "year", "years" -> 12;
          case "month", "months", "mon", "mons" -> 1;
          default -> 0;
        }
        : switch (name) {
          case "week", "weeks" -> 7 * MICROS_PER_DAY;
          case "day", "days" -> MICROS_PER_DAY;
          case "hour", "hours" -> MICROS_PER_DAY / 24;
          case "minute", "minutes" -> 60_000_000L;
          case "second", "seconds" -> 1_000_000L;
          case "millisecond", "milliseconds" -> 1000L;
          case "microsecond", "microseconds" -> 1L;
          default -> 0;
        };
  }
}
