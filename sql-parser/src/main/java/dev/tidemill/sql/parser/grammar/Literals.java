package dev.tidemill.sql.parser.grammar;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.format.ValueParser;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.sql.parser.error.ParserErrors;
import dev.tidemill.sql.parser.statement.JsonTypeName;
import dev.tidemill.sql.parser.statement.Name;
import dev.tidemill.sql.parser.statement.QualifiedName;
import dev.tidemill.sql.parser.statement.Statement;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.calcite.avatica.util.TimeUnit;
import org.apache.calcite.sql.SqlBasicTypeNameSpec;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlIntervalQualifier;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.apache.calcite.sql.SqlTypeNameSpec;
import org.apache.calcite.sql.SqlUserDefinedTypeNameSpec;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.parser.SqlParserUtil;
import org.apache.calcite.sql.type.SqlTypeName;

/** Literals of our own clauses as plain Java. */
final class Literals {
  private static final BigDecimal NANOS_PER_SECOND = BigDecimal.valueOf(1_000_000_000);
  private static final BigDecimal LONGEST_SECONDS = BigDecimal.valueOf(Integer.MAX_VALUE);

  /** The short name of TIMESTAMP WITH LOCAL TIME ZONE. */
  private static final String INSTANT = "TIMESTAMPTZ";

  /** Names that types have in DuckDB, PostgreSQL and Spark. */
  private static final Map<String, SqlTypeName> TYPE_NAMES =
      Map.ofEntries(
          Map.entry(INSTANT, SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE),
          Map.entry("TEXT", SqlTypeName.VARCHAR),
          Map.entry("STRING", SqlTypeName.VARCHAR),
          Map.entry("BPCHAR", SqlTypeName.VARCHAR),
          Map.entry("BLOB", SqlTypeName.VARBINARY),
          Map.entry("BYTEA", SqlTypeName.VARBINARY),
          Map.entry("BOOL", SqlTypeName.BOOLEAN),
          Map.entry("LOGICAL", SqlTypeName.BOOLEAN),
          Map.entry("INT1", SqlTypeName.TINYINT),
          Map.entry("BYTE", SqlTypeName.TINYINT),
          Map.entry("INT2", SqlTypeName.SMALLINT),
          Map.entry("SHORT", SqlTypeName.SMALLINT),
          Map.entry("INT4", SqlTypeName.INTEGER),
          Map.entry("SIGNED", SqlTypeName.INTEGER),
          Map.entry("INT8", SqlTypeName.BIGINT),
          Map.entry("LONG", SqlTypeName.BIGINT),
          Map.entry("FLOAT4", SqlTypeName.REAL),
          Map.entry("FLOAT8", SqlTypeName.DOUBLE),
          Map.entry("DATETIME", SqlTypeName.TIMESTAMP),
          Map.entry("TIMESTAMP_US", SqlTypeName.TIMESTAMP));

  /** The same of timestamps of other than microseconds, with their digits. */
  private static final Map<String, Integer> TIMESTAMPS =
      Map.of("TIMESTAMP_S", 0, "TIMESTAMP_MS", 3, "TIMESTAMP_NS", 9);

  private Literals() {}

  /** A number of rows, at least one. */
  static long rows(String digits, SourcePosition position) {
    try {
      long rows = Long.parseLong(digits);
      if (rows > 0) {
        return rows;
      }
    } catch (NumberFormatException beyondLong) {
      throw ParserErrors.triggerRows(digits, position);
    }
    throw ParserErrors.triggerRows(digits, position);
  }

  /**
   * The interval of a trigger: positive, of days, hours, minutes and seconds, to the nanosecond.
   *
   * @param value what stands between the quotes
   */
  static Duration interval(String value, SqlIntervalQualifier qualifier, SourcePosition position) {
    BigDecimal seconds;
    if (qualifier.timeUnitRange.endUnit != null) {
      seconds = secondsOfRange(value, qualifier, position);
    } else {
      long unitSeconds =
          switch (qualifier.getStartUnit()) {
            case WEEK -> 7 * 86_400;
            case DAY -> 86_400;
            case HOUR -> 3_600;
            case MINUTE -> 60;
            case SECOND -> 1;
            default -> throw ParserErrors.triggerInterval(value + " " + qualifier, position);
          };
      seconds = secondsOf(value, BigDecimal.valueOf(unitSeconds), position);
    }
    return duration(seconds, value, position);
  }

  /** The interval of a trigger in milliseconds. */
  static Duration milliseconds(String value, SourcePosition position) {
    return duration(secondsOf(value, new BigDecimal("0.001"), position), value, position);
  }

  private static BigDecimal secondsOf(String value, BigDecimal unit, SourcePosition position) {
    // A few dozen digits at most: beyond that the number is out of range anyway and costly to
    // compute with.
    if (value.length() > 40 || !value.strip().matches("[0-9]+(\\.[0-9]*)?|\\.[0-9]+")) {
      throw ParserErrors.triggerInterval(value, position);
    }
    return new BigDecimal(value.strip()).multiply(unit);
  }

  private static BigDecimal secondsOfRange(
      String value, SqlIntervalQualifier qualifier, SourcePosition position) {
    if (qualifier.getStartUnit() == TimeUnit.YEAR) {
      throw ParserErrors.triggerInterval(value + " " + qualifier, position);
    }
    try {
      return BigDecimal.valueOf(SqlParserUtil.intervalToMillis(value, qualifier), 3);
    } catch (RuntimeException malformed) {
      throw ParserErrors.triggerInterval(value, position);
    }
  }

  private static Duration duration(BigDecimal seconds, String value, SourcePosition position) {
    BigDecimal nanos = seconds.multiply(NANOS_PER_SECOND).setScale(0, RoundingMode.DOWN);
    if (nanos.signum() <= 0 || seconds.compareTo(LONGEST_SECONDS) > 0) {
      throw ParserErrors.triggerInterval(value, position);
    }
    return Duration.ofNanos(nanos.longValueExact());
  }

  /** Whether SHOW means the columns of a table. */
  static boolean isColumns(Token token) {
    return token.image.equalsIgnoreCase("COLUMNS") || token.image.equalsIgnoreCase("FIELDS");
  }

  /** Whether a word behind DESCRIBE asks for more, all of which is told anyway. */
  static boolean isDetail(Token token) {
    return token.image.equalsIgnoreCase("EXTENDED") || token.image.equalsIgnoreCase("FORMATTED");
  }

  static Statement.Show.Subject subject(String word, SourcePosition position) {
    if (word.equalsIgnoreCase("DATABASES")) {
      return Statement.Show.Subject.SCHEMAS;
    }
    for (Statement.Show.Subject subject : Statement.Show.Subject.values()) {
      if (subject.name().equals(word.toUpperCase(Locale.ROOT))) {
        return subject;
      }
    }
    throw ParserErrors.unknownSubject(word, names(Statement.Show.Subject.values()), position);
  }

  static Statement.Explain.Format format(String word, SourcePosition position) {
    for (Statement.Explain.Format format : Statement.Explain.Format.values()) {
      if (format.name().equals(word.toUpperCase(Locale.ROOT))) {
        return format;
      }
    }
    throw ParserErrors.unknownFormat(word, names(Statement.Explain.Format.values()), position);
  }

  private static String names(Enum<?>[] values) {
    return Arrays.stream(values).map(Enum::name).collect(Collectors.joining(", "));
  }

  /**
   * Refuses numbers that a name begins at, and those no DOUBLE can hold, among the tokens from one
   * to another: whoever writes out the digits of 1e999999999 has no memory left.
   */
  @SuppressWarnings("ReferenceEquality") // tokens have identity
  static void requireNumbers(Token first, Token last) {
    for (Token token = first; ; token = token.next) {
      if (token.kind == GeneratedParserConstants.APPROX_NUMERIC_LITERAL) {
        double value = Double.parseDouble(token.image);
        boolean nonZero =
            token.image.toLowerCase(Locale.ROOT).split("e", 2)[0].matches(".*[1-9].*");
        if (Double.isInfinite(value) || (value == 0 && nonZero)) {
          throw ParserErrors.numberOutOfRange(token.image, Positions.of(token));
        }
      }
      if (token == last) {
        return;
      }
      if (isNumber(token) && isGlued(token, token.next)) {
        throw ParserErrors.numberWithLetters(token.image + token.next.image, Positions.of(token));
      }
    }
  }

  private static boolean isNumber(Token token) {
    return switch (token.kind) {
      case GeneratedParserConstants.UNSIGNED_INTEGER_LITERAL,
          GeneratedParserConstants.DECIMAL_NUMERIC_LITERAL,
          GeneratedParserConstants.APPROX_NUMERIC_LITERAL ->
          true;
      default -> false;
    };
  }

  /** Whether a name begins where a number ends, as in 1_000 and 0xFF. */
  private static boolean isGlued(Token number, Token next) {
    return next.kind == GeneratedParserConstants.IDENTIFIER
        && next.beginLine == number.endLine
        && next.beginColumn == number.endColumn + 1;
  }

  /** Whether the token is the short name of TIMESTAMP WITH LOCAL TIME ZONE. */
  static boolean isInstantType(Token token) {
    return token.kind == GeneratedParserConstants.IDENTIFIER
        && token.image.equalsIgnoreCase(INSTANT);
  }

  /** {@code TIMESTAMPTZ(3)}. */
  static SqlTypeNameSpec instantType(int precision, SqlParserPos position) {
    return new SqlBasicTypeNameSpec(
        SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE, precision, position);
  }

  /** {@code TIMESTAMPTZ 'text'}, as the longer spelling makes it. */
  static SqlNode instant(String text, SqlParserPos position) {
    return SqlLiteral.createUnknown("TIMESTAMP WITH LOCAL TIME ZONE", text, position);
  }

  /** What SET TIME ZONE sets. */
  static QualifiedName timeZone(SourcePosition position) {
    return new QualifiedName(List.of(new Name("time_zone", position)));
  }

  /** Checks what follows FOR SYSTEM_VERSION AS OF. */
  static void checkSnapshot(SqlNode number) {
    if (!(number instanceof SqlNumericLiteral literal) || !literal.isInteger()) {
      throw ParserErrors.unsupported(
          "FOR SYSTEM_VERSION AS OF anything but the number of a snapshot",
          "FOR SYSTEM_TIME AS OF takes a time",
          Positions.of(number.getParserPosition()));
    }
  }

  /** A type that is called by one name: ours of a name known elsewhere, else the user's. */
  static SqlTypeNameSpec namedType(SqlIdentifier name, SqlParserPos position) {
    SqlTypeName known =
        name.isSimple() ? TYPE_NAMES.get(name.getSimple().toUpperCase(Locale.ROOT)) : null;
    Integer digits =
        name.isSimple() ? TIMESTAMPS.get(name.getSimple().toUpperCase(Locale.ROOT)) : null;
    if (digits != null) {
      return new SqlBasicTypeNameSpec(SqlTypeName.TIMESTAMP, digits, position);
    }
    if (name.isSimple() && name.getSimple().equalsIgnoreCase("JSON")) {
      return new JsonTypeName(position);
    }
    return known == null
        ? new SqlUserDefinedTypeNameSpec(name, position)
        : new SqlBasicTypeNameSpec(known, position);
  }

  /** The digits of a number, which may have underscores between them. */
  static String withoutUnderscores(String number) {
    return number.indexOf('_') < 0 ? number : number.replace("_", "");
  }

  /**
   * {@code INTERVAL '1 day 2 hours'}: an interval whose text has the units, as the CAST of it.
   *
   * @param sign -1 where a minus stands before the text
   */
  static SqlNode spelledInterval(String text, int sign, SqlParserPos position) {
    boolean ofMonths = isInterval(text, new Type.MonthInterval());
    if (!ofMonths && !isInterval(text, new Type.TimeInterval())) {
      throw ParserErrors.intervalWithoutUnit(text, Positions.of(position));
    }
    SqlIntervalQualifier qualifier =
        ofMonths
            ? new SqlIntervalQualifier(TimeUnit.YEAR, TimeUnit.MONTH, position)
            : new SqlIntervalQualifier(
                hasDays(text) ? TimeUnit.DAY : TimeUnit.HOUR, TimeUnit.SECOND, position);
    SqlNode cast =
        SqlStdOperatorTable.CAST.createCall(
            position,
            SqlLiteral.createCharString(text, position),
            new SqlDataTypeSpec(new IntervalTypeNameSpec(qualifier, position), position));
    return sign < 0 ? SqlStdOperatorTable.UNARY_MINUS.createCall(position, cast) : cast;
  }

  /** Whether days are written as such, and not as hours. */
  private static boolean hasDays(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    return lower.contains("day") || lower.contains("week");
  }

  private static boolean isInterval(String text, Type type) {
    return text.chars().anyMatch(Character::isLetter) && new ValueParser().parse(type, text);
  }
}
