package dev.tidemill.sql.parser.error;

import dev.tidemill.foundation.error.ErrorCode;
import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.error.TidemillException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Every error of this module. Positions count from the beginning of the script. */
public final class ParserErrors {
  /** Text that is no SQL. */
  public static final ErrorCode SYNTAX_ERROR = ErrorCode.user("SYNTAX_ERROR", "42601");

  /** SQL that is understood and not supported. */
  public static final ErrorCode UNSUPPORTED_SYNTAX = ErrorCode.user("UNSUPPORTED_SYNTAX", "0A000");

  private static final int LONGEST_QUOTE = 40;

  private ParserErrors() {}

  /**
   * A token that does not fit.
   *
   * @param found as written, or null at the end of the statement
   * @param expected some of what would fit, in words
   */
  public static TidemillException unexpected(
      @Nullable String found,
      List<String> expected,
      @Nullable String hint,
      SourcePosition position) {
    String what = found == null ? "the end of the statement" : shortened(found);
    String rest = expected.isEmpty() ? "" : " where " + either(expected) + " was expected";
    return syntax("found " + what + rest + (hint == null ? "" : "; " + hint), position);
  }

  public static TidemillException expected(String expected, String found, SourcePosition position) {
    return unexpected(found.isEmpty() ? null : found, List.of(expected), null, position);
  }

  public static TidemillException unclosed(String what, String closing, SourcePosition position) {
    return syntax(what + " that begins here is never closed; " + closing + " is missing", position);
  }

  public static TidemillException emptyName(SourcePosition position) {
    return syntax("a name in double quotes must not be empty", position);
  }

  /**
   * A character that begins nothing.
   *
   * @param character its code, or -1 if it is not known
   */
  public static TidemillException unknownCharacter(int character, SourcePosition position) {
    String what =
        character > ' ' && character < 0x7f
            ? "the character " + Character.toString(character)
            : character < 0 ? "a character" : String.format("the character U+%04X", character);
    String hint =
        switch (character) {
          case '`', '[' -> "; names are quoted with double quotes";
          case '!' -> "; unequal is <> or !=, negation is NOT";
          case '#' -> "; a comment begins with --";
          case '\\' -> "; commands with it are for the prompt: SHOW TABLES, DESCRIBE t, --format F";
          case '@' -> "; SHOW SETTINGS lists settings, in JDBC ? stands for a parameter";
          default -> character > 0x7f ? "; in a name it needs double quotes" : "";
        };
    return syntax("found " + what + ", which means nothing here" + hint, position);
  }

  public static TidemillException tooDeep(SourcePosition position) {
    return syntax(
        "the statement is nested too deeply; take parts of it into views or a WITH clause",
        position);
  }

  /** {@code 1_000} and {@code 0xFF}, and {@code 5a}, which might be a name behind a number. */
  public static TidemillException numberWithLetters(String text, SourcePosition position) {
    return syntax(
        shortened(text)
            + " is neither a number nor a name: numbers have digits, a point and an exponent, and a"
            + " name behind one stands apart",
        position);
  }

  public static TidemillException naturalAsof(SourcePosition position) {
    return unsupported(
        "NATURAL ASOF JOIN",
        "write ASOF JOIN … MATCH_CONDITION a.ts >= b.ts ON a.k = b.k",
        position);
  }

  /** {@code x[1:9:2]} */
  public static TidemillException slicedBySteps(SourcePosition position) {
    return unsupported("a slice with a step", "x[from:to] has every element", position);
  }

  public static TidemillException sampleSize(String size, SourcePosition position) {
    return syntax(
        "a sample is of 0 to 100 percent, or of a whole number of rows, not " + size, position);
  }

  /** What the grammar or Calcite's literals refuse with a text of their own. */
  public static TidemillException refused(Throwable cause, SourcePosition position) {
    String message = cause.getMessage();
    String firstLine =
        message == null || message.isBlank() ? "this cannot be read as SQL" : message.strip();
    int end = firstLine.indexOf('\n');
    return new TidemillException(
        SYNTAX_ERROR, end < 0 ? firstLine : firstLine.substring(0, end), position, cause);
  }

  public static TidemillException noStatement() {
    return syntax("expected a statement but the text has none", new SourcePosition(1, 1));
  }

  public static TidemillException secondStatement(SourcePosition position) {
    return syntax("expected one statement but a second one begins here", position);
  }

  public static TidemillException twice(String what, SourcePosition position) {
    return syntax(what + " is given twice", position);
  }

  public static TidemillException replaceIfNotExists(SourcePosition position) {
    return syntax("OR REPLACE and IF NOT EXISTS exclude each other", position);
  }

  public static TidemillException columnsAndQuery(SourcePosition position) {
    return syntax(
        "CREATE TABLE … AS takes its columns from the query; leave out the list of columns, or create the table first"
            + " and fill it by INSERT",
        position);
  }

  public static TidemillException emitInStandingQuery(SourcePosition position) {
    return syntax(
        "EMIT is for queries that are only read; a standing query says OUTPUT MODE APPEND, UPDATE or COMPLETE before"
            + " AS",
        position);
  }

  public static TidemillException triggerRows(String digits, SourcePosition position) {
    return syntax(
        "TRIGGER EVERY needs between 1 and "
            + Long.MAX_VALUE
            + " rows but found "
            + shortened(digits),
        position);
  }

  public static TidemillException intervalWithoutUnit(String interval, SourcePosition position) {
    return syntax(
        "an interval is written as INTERVAL '10' DAY, INTERVAL '1-6' YEAR TO MONTH or INTERVAL '1 day 2 hours' (years"
            + " and months do not mix with days and less), but this is "
            + shortened(interval),
        position);
  }

  public static TidemillException triggerInterval(String interval, SourcePosition position) {
    return syntax(
        "TRIGGER EVERY needs a positive interval of days, hours, minutes or seconds, such as INTERVAL '10' SECOND, but"
            + " found "
            + shortened(interval),
        position);
  }

  public static TidemillException numberOutOfRange(String number, SourcePosition position) {
    return syntax(
        "the number " + shortened(number) + " is beyond what a DOUBLE can hold", position);
  }

  public static TidemillException unknownSubject(
      String word, String subjects, SourcePosition position) {
    String hint =
        switch (word.toUpperCase(Locale.ROOT)) {
          case "CATALOGS" -> "; SHOW SCHEMAS tells them with their schemas";
          case "COLUMNS", "FIELDS", "TBLPROPERTIES", "PARTITIONS", "STATS" ->
              "; SHOW COLUMNS FROM t tells a table's columns, SHOW CREATE TABLE t its options";
          case "ALL", "VARIABLES", "PARAMETERS" -> "; SHOW SETTINGS lists settings";
          default -> "; SET " + shortened(word) + " shows a setting, DESCRIBE a table";
        };
    return syntax("SHOW knows " + subjects + " but found " + shortened(word) + hint, position);
  }

  public static TidemillException unknownFormat(
      String word, String formats, SourcePosition position) {
    return syntax("EXPLAIN has the formats " + formats + " but found " + shortened(word), position);
  }

  public static TidemillException nestedExplain(SourcePosition position) {
    return syntax("EXPLAIN explains a statement, not another EXPLAIN", position);
  }

  public static TidemillException copyFrom(SourcePosition position) {
    return new TidemillException(
        UNSUPPORTED_SYNTAX,
        "COPY … FROM is not supported; INSERT INTO t SELECT * FROM 'file' reads a file into a table",
        position,
        null);
  }

  public static TidemillException unsupported(String what, SourcePosition position) {
    return new TidemillException(UNSUPPORTED_SYNTAX, what + " is not supported", position, null);
  }

  public static TidemillException duplicateField(String field, SourcePosition position) {
    return syntax("a ROW has two fields " + shortened(field), position);
  }

  /** NOT NULL inside a type. */
  public static TidemillException notNullField(String field, SourcePosition position) {
    return unsupported(
        "NOT NULL of the field " + shortened(field),
        "what is inside a ROW, ARRAY or MAP may be NULL, only a column can be NOT NULL",
        position);
  }

  /** The same, with what to write instead. */
  public static TidemillException unsupported(
      String what, String instead, SourcePosition position) {
    return new TidemillException(
        UNSUPPORTED_SYNTAX, what + " is not supported; " + instead, position, null);
  }

  /** A number of rows below zero. */
  public static TidemillException negativeCount(String clause, SourcePosition position) {
    return syntax(clause + " needs a number of rows that is not negative", position);
  }

  private static TidemillException syntax(String text, SourcePosition position) {
    return new TidemillException(SYNTAX_ERROR, text, position, null);
  }

  private static String either(List<String> choices) {
    int last = choices.size() - 1;
    return last == 0
        ? choices.getFirst()
        : String.join(", ", choices.subList(0, last)) + " or " + choices.get(last);
  }

  private static String shortened(String text) {
    return text.length() <= LONGEST_QUOTE ? text : text.substring(0, LONGEST_QUOTE) + "…";
  }
}
