package dev.tidemill.engine;

import dev.tidemill.foundation.error.ErrorCode;
import dev.tidemill.foundation.error.NearMisses;
import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.storage.file.FileSystem;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What can go wrong with a statement that is no query, and with a database directory. */
final class EngineErrors {
  private static final ErrorCode UNSUPPORTED = ErrorCode.user("UNSUPPORTED_STATEMENT", "0A000");
  private static final ErrorCode DATABASE_IN_USE = ErrorCode.external("DATABASE_IN_USE");
  private static final ErrorCode DATABASE_UNREACHABLE = ErrorCode.external("DATABASE_UNREACHABLE");
  private static final ErrorCode NOT_A_TABLE = ErrorCode.user("NOT_A_TABLE", "42809");
  private static final ErrorCode NOT_NULL = ErrorCode.user("NOT_NULL_VIOLATION", "23502");
  private static final ErrorCode CLOSED = ErrorCode.user("SESSION_CLOSED", "08003");
  private static final ErrorCode NOT_OWN = ErrorCode.user("NOT_IN_DATABASE", "3F000");
  private static final ErrorCode NO_SUCH_QUERY = ErrorCode.user("QUERY_NOT_FOUND", "42704");
  private static final ErrorCode NO_SUCH_COLUMN = ErrorCode.user("COLUMN_NOT_FOUND", "42703");
  private static final ErrorCode DUPLICATE_COLUMN = ErrorCode.user("DUPLICATE_COLUMN", "42701");
  private static final ErrorCode PARAMETERS = ErrorCode.user("WRONG_PARAMETER_COUNT", "07001");
  private static final ErrorCode ILLEGAL_MODE = ErrorCode.user("ILLEGAL_OUTPUT_MODE", "0A000");
  private static final ErrorCode CANNOT_SKIP = ErrorCode.user("UNSUPPORTED_ON_ERROR", "0A000");
  private static final ErrorCode CANNOT_VERIFY = ErrorCode.user("UNSUPPORTED_VERIFY", "0A000");
  private static final ErrorCode DIFFERENT = ErrorCode.user("VERIFY_DIFFERENT", "55000");
  private static final ErrorCode CANNOT_WRITE = ErrorCode.user("TABLE_READ_ONLY", "25006");
  private static final ErrorCode BAD_OPTION = ErrorCode.user("INVALID_OPTION", "22023");

  private static final ErrorCode FUNCTION_BUILT_IN = ErrorCode.user("FUNCTION_RESERVED", "42723");
  private static final ErrorCode NO_SUCH_FUNCTION = ErrorCode.user("FUNCTION_NOT_FOUND", "42883");
  private static final ErrorCode BROKEN_SERVICE =
      ErrorCode.user("FUNCTION_SERVICE_BROKEN", "58P01");
  private static final ErrorCode TABLE_IN_USE = ErrorCode.user("TABLE_IN_USE", "2BP01");
  private static final ErrorCode NOT_FOUND = ErrorCode.user("TABLE_NOT_FOUND", "42P01");
  private static final ErrorCode COLUMN_COUNT = ErrorCode.user("COLUMN_COUNT_MISMATCH", "42601");
  private static final ErrorCode UNTYPED = ErrorCode.user("COLUMN_WITHOUT_TYPE", "42804");
  private static final ErrorCode PARAMETER_TYPE = ErrorCode.user("INVALID_PARAMETER", "07006");
  private static final ErrorCode CANCELLED = ErrorCode.user("QUERY_CANCELLED", "57014");
  private static final ErrorCode RESULT_CLOSED = ErrorCode.user("RESULT_CLOSED", "24000");
  private static final ErrorCode TOO_DEEP = ErrorCode.user("STATEMENT_TOO_COMPLEX", "54001");
  private static final ErrorCode HEAP = ErrorCode.resource("OUT_OF_HEAP_MEMORY");
  private static final ErrorCode INTERNAL = ErrorCode.internal("INTERNAL");

  private EngineErrors() {}

  /**
   * What a client may see of anything thrown: itself if it is ours, else that it is a bug. The
   * cause goes along, for who mends it.
   */
  static TidemillException wrap(Throwable thrown) {
    return switch (thrown) {
      case TidemillException known -> known;
      case OutOfMemoryError e ->
          new TidemillException(
              HEAP,
              "the JVM's heap is full; take fewer rows at once, or give it more by TIDEMILL_JAVA_OPTIONS=-Xmx4g",
              null,
              e);
      case StackOverflowError e ->
          new TidemillException(
              TOO_DEEP,
              "the statement is nested too deeply; take parts of it into views or a WITH clause",
              null,
              e);
      default ->
          new TidemillException(
              INTERNAL,
              "an internal error, which is a bug of Tidemill: %s. Please report it with the statement"
                  .formatted(brief(thrown)),
              null,
              thrown);
    };
  }

  private static String brief(Throwable thrown) {
    StackTraceElement[] trace = thrown.getStackTrace();
    String where =
        trace.length == 0 ? "" : " at " + trace[0].getClassName() + ":" + trace[0].getLineNumber();
    String message = thrown.getMessage();
    return thrown.getClass().getSimpleName()
        + (message == null ? "" : " (" + message + ")")
        + where;
  }

  static TidemillException cancelled() {
    return new TidemillException(CANCELLED, "the statement was cancelled");
  }

  static TidemillException resultClosed() {
    return new TidemillException(RESULT_CLOSED, "the result is closed");
  }

  static TidemillException badParameter(String what) {
    return new TidemillException(
        PARAMETER_TYPE, "a parameter cannot be " + what + "; it stands for no SQL type");
  }

  static TidemillException inUseByQueries(
      String name, String verb, Collection<String> queries, SourcePosition position) {
    return new TidemillException(
        TABLE_IN_USE,
        "%s cannot be %s: standing %s %s it. DROP QUERY %s first"
            .formatted(
                name,
                verb,
                queries.size() == 1 ? "query" : "queries",
                String.join(", ", queries) + (queries.size() == 1 ? " uses" : " use"),
                queries.iterator().next()),
        position,
        null);
  }

  /** A change of a table of which standing queries only take rows that come. */
  static TidemillException readAsAppendOnly(String table, Collection<String> queries) {
    return new TidemillException(
        TABLE_IN_USE,
        ("rows of %s cannot go: standing %s %s planned for rows that only come. DROP QUERY and create %s anew after the"
                + " change, or declare the table with 'append_only'='false' before standing queries read it")
            .formatted(
                table,
                queries.size() == 1 ? "query" : "queries",
                String.join(", ", queries) + (queries.size() == 1 ? " was" : " were"),
                queries.size() == 1 ? "it" : "them"));
  }

  static TidemillException notFound(
      String kind, String name, Collection<String> known, SourcePosition position) {
    String hint = NearMisses.hint(name, known);
    return new TidemillException(
        NOT_FOUND,
        "there is no "
            + kind
            + " "
            + name
            + (hint.isEmpty() ? "; SHOW TABLES lists what there is" : hint),
        position,
        null);
  }

  static TidemillException notAView(String name, SourcePosition position) {
    return new TidemillException(
        NOT_A_TABLE, name + " is a table, not a view; DROP TABLE drops it", position, null);
  }

  static TidemillException viewColumnCount(int named, int given, SourcePosition position) {
    return new TidemillException(
        COLUMN_COUNT,
        "the view names %d columns but its query gives %d".formatted(named, given),
        position,
        null);
  }

  static TidemillException untypedColumn(String column, SourcePosition position) {
    return new TidemillException(
        UNTYPED,
        "column " + column + " is NULL without a type; CAST it to the type it shall have",
        position,
        null);
  }

  static TidemillException optionTwice(String option, @Nullable SourcePosition position) {
    return new TidemillException(
        BAD_OPTION,
        "option '" + option + "' is given twice; case does not tell options apart",
        position,
        null);
  }

  static TidemillException cannotAddColumn(
      String table, String connector, SourcePosition position) {
    return new TidemillException(
        UNSUPPORTED,
        "ALTER TABLE ADD COLUMN of table %s is not supported: connector '%s' cannot give its rows another column"
            .formatted(table, connector),
        position,
        null);
  }

  static TidemillException builtInName(String name, @Nullable SourcePosition position) {
    return new TidemillException(
        FUNCTION_BUILT_IN,
        "%s is the name of one of SQL's own functions and cannot be had; take another"
            .formatted(name.toUpperCase(Locale.ROOT)),
        position,
        null);
  }

  static TidemillException builtInFunction(String name, SourcePosition position) {
    return new TidemillException(
        FUNCTION_BUILT_IN,
        name.toUpperCase(Locale.ROOT) + " is one of SQL's own functions and cannot be dropped",
        position,
        null);
  }

  static TidemillException noSuchFunction(
      String name, List<String> names, SourcePosition position) {
    return new TidemillException(
        NO_SUCH_FUNCTION,
        "there is no function " + name + NearMisses.hint(name, names),
        position,
        null);
  }

  static TidemillException functionOfClassPath(
      String name, String className, SourcePosition position) {
    return new TidemillException(
        FUNCTION_BUILT_IN,
        "function %s is offered by %s on the class path; take it from there"
            .formatted(name, className),
        position,
        null);
  }

  static TidemillException functionTwice(String name, String one, String other) {
    return new TidemillException(
        BROKEN_SERVICE,
        "the class path offers function %s twice, by %s and by %s: let name() give another name"
            .formatted(name, one, other));
  }

  static TidemillException brokenService(Throwable cause) {
    return new TidemillException(
        BROKEN_SERVICE,
        "a function that the class path offers cannot be loaded: " + cause.getMessage(),
        null,
        cause);
  }

  static TidemillException functionWithTypes(SourcePosition position) {
    return new TidemillException(
        UNSUPPORTED,
        "parameters and RETURNS of CREATE FUNCTION … AS 'class' are not supported: the class says them",
        position,
        null);
  }

  static TidemillException unsupported(String what, @Nullable SourcePosition position) {
    return new TidemillException(UNSUPPORTED, what + " is not supported yet", position, null);
  }

  static TidemillException analyzesQueries(SourcePosition position) {
    return new TidemillException(
        UNSUPPORTED,
        "EXPLAIN ANALYZE runs what it explains and is for queries alone; EXPLAIN shows the plan of other statements",
        position,
        null);
  }

  /** What locking a database directory fails of. */
  static TidemillException notLocked(Path directory, TidemillException cause) {
    return cause.code().name().equals(FileSystem.LOCKED)
        ? new TidemillException(DATABASE_IN_USE, "the database " + cause.text(), null, cause)
        : new TidemillException(
            DATABASE_UNREACHABLE,
            "cannot open the database directory %s: %s".formatted(directory, cause.text()),
            null,
            cause);
  }

  static TidemillException notATable(String name, String is, SourcePosition position) {
    return new TidemillException(NOT_A_TABLE, name + " is " + is + ", not a table", position, null);
  }

  static TidemillException notNull(String column, String table) {
    return new TidemillException(
        NOT_NULL,
        "column %s of %s is NOT NULL but a row has NULL there; nothing was written"
            .formatted(column, table));
  }

  static TidemillException closed() {
    return new TidemillException(CLOSED, "the session is closed");
  }

  static TidemillException notOwn(String name, SourcePosition position) {
    return new TidemillException(
        NOT_OWN,
        name + " cannot be created or dropped: only tidemill.main is the database's own",
        position,
        null);
  }

  static TidemillException noSuchQuery(
      String name, Collection<String> near, @Nullable SourcePosition position) {
    String hint =
        near.isEmpty()
            ? "SHOW QUERIES lists what there is"
            : "did you mean " + String.join(", ", near) + "?";
    return new TidemillException(
        NO_SUCH_QUERY, "there is no standing query " + name + "; " + hint, position, null);
  }

  static TidemillException noSuchColumn(
      String column, Collection<String> known, SourcePosition position) {
    return new TidemillException(
        NO_SUCH_COLUMN,
        "there is no column " + column + "; there are " + String.join(", ", known),
        position,
        null);
  }

  static TidemillException duplicateColumn(String column, SourcePosition position) {
    return new TidemillException(
        DUPLICATE_COLUMN,
        "column " + column + " is there twice; give one of them another name",
        position,
        null);
  }

  /** Of a query whose result is kept, or read by name. */
  static TidemillException duplicateResultColumn(String column, SourcePosition position) {
    return new TidemillException(
        DUPLICATE_COLUMN,
        "two columns of the query are called " + column + "; give one of them another name with AS",
        position,
        null);
  }

  static TidemillException wrongParameterCount(int expected, int found) {
    return new TidemillException(
        PARAMETERS,
        "the statement has %d %s but %d %s bound"
            .formatted(
                expected,
                expected == 1 ? "parameter" : "parameters",
                found,
                found == 1 ? "value is" : "values are"));
  }

  static TidemillException readsItsSink(String sink, SourcePosition position) {
    return new TidemillException(
        ILLEGAL_MODE,
        "the query reads %s, the table that it writes, and would never end; write another table"
            .formatted(sink),
        position,
        null);
  }

  static TidemillException unknownQueryOption(
      String option, List<String> known, @Nullable SourcePosition position) {
    return new TidemillException(
        BAD_OPTION,
        "a standing query has no option '%s'%s; it has %s"
            .formatted(option, NearMisses.hint(option, known), String.join(", ", known)),
        position,
        null);
  }

  static TidemillException cannotSkip(String expression, String how) {
    return new TidemillException(
        CANNOT_SKIP,
        "'on_error'='skip' cannot set aside a row that %s fails of: it stands in what is %s. Write TRY(…) round it, which is NULL then, or leave the option out"
            .formatted(expression, how));
  }

  static TidemillException cannotVerify(String query, String why) {
    return new TidemillException(
        CANNOT_VERIFY, "VERIFY of standing query %s is not possible: %s".formatted(query, why));
  }

  static TidemillException different(
      String query, long step, long differences, long rows, String example) {
    return new TidemillException(
        DIFFERENT,
        "the result of standing query %s at step %d is not that of its batch query over the rows it has taken: %d differences in %d rows; %s"
            .formatted(query, step, differences, rows, example));
  }

  static TidemillException illegalMode(String text, SourcePosition position) {
    return new TidemillException(ILLEGAL_MODE, text, position, null);
  }

  /** A sink that writes by key, and a result of which no key is known. */
  static TidemillException resultWithoutKey(
      String sink, Collection<String> sinkKey, SourcePosition position) {
    return illegalMode(
        "%s replaces and removes rows by its key (%s), and no columns are known that tell the rows of this query apart; a query has such a key that groups by these columns (GROUP BY %s), or write COMPLETE"
            .formatted(sink, String.join(", ", sinkKey), String.join(", ", sinkKey)),
        position);
  }

  /** A sink that writes by other columns than those that tell the rows of the result apart. */
  static TidemillException otherKey(
      String sink, Collection<String> sinkKey, List<String> key, SourcePosition position) {
    return illegalMode(
        "%s replaces and removes rows by its key (%s), but what tells the rows of this query apart is (%s); create it with PRIMARY KEY (%s) NOT ENFORCED"
            .formatted(
                sink, String.join(", ", sinkKey), String.join(", ", key), String.join(", ", key)),
        position);
  }

  static TidemillException cannotCompact(String table, SourcePosition position) {
    return new TidemillException(
        CANNOT_WRITE,
        "table %s cannot be compacted: only tables of the database and in memory can"
            .formatted(table),
        position,
        null);
  }

  static TidemillException cannotWrite(String table) {
    return new TidemillException(CANNOT_WRITE, "table " + table + " can only be read");
  }

  static TidemillException writtenByQuery(String table, String query) {
    return new TidemillException(
        TABLE_IN_USE,
        "standing query %2$s writes table %1$s, which takes one writer. Change what %2$s reads, or DROP QUERY %2$s first"
            .formatted(table, query));
  }

  static TidemillException badOption(
      String option, String value, String expected, @Nullable SourcePosition position) {
    return new TidemillException(
        BAD_OPTION,
        "option '%s' must be %s but is '%s'".formatted(option, expected, value),
        position,
        null);
  }
}
