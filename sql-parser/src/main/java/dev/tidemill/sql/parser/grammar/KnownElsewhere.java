package dev.tidemill.sql.parser.grammar;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.sql.parser.error.ParserErrors;
import java.util.BitSet;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * SQL of other databases that our grammar lacks, recognised where the parser stumbles over it, so
 * that it is refused by name rather than as a mistake.
 */
final class KnownElsewhere implements GeneratedParserConstants {
  private static final String NO_TRANSACTIONS = "each statement commits by itself";

  /** What begins a statement of other databases, and what to do instead. */
  private static final Map<String, String> STATEMENTS =
      Map.ofEntries(
          Map.entry("BEGIN", NO_TRANSACTIONS),
          Map.entry("START", NO_TRANSACTIONS),
          Map.entry("COMMIT", NO_TRANSACTIONS),
          Map.entry("ROLLBACK", NO_TRANSACTIONS),
          Map.entry("SAVEPOINT", NO_TRANSACTIONS),
          Map.entry("LOCK", "each statement reads one snapshot, and there are no locks"),
          Map.entry(
              "PREPARE", "a plan is kept for a statement's text; in JDBC ? stands for a parameter"),
          Map.entry("EXECUTE", "the statement itself is written; in JDBC ? stands for a parameter"),
          Map.entry("DEALLOCATE", "there are no statements with a name"),
          Map.entry("CALL", "a function is called in SELECT, or in FROM"),
          Map.entry("VACUUM", "COMPACT TABLE t puts the rows of a table together"),
          Map.entry("OPTIMIZE", "COMPACT TABLE t puts the rows of a table together"),
          Map.entry("CHECKPOINT", "what a statement wrote is on disk when it ends"),
          Map.entry(
              "PRAGMA", "SET k = v sets, SHOW SETTINGS lists, DESCRIBE t tells a table's columns"),
          Map.entry("ATTACH", "a database directory is opened by --db DIR, files by FROM 'file'"),
          Map.entry("DETACH", "a database directory is opened by --db DIR, files by FROM 'file'"),
          Map.entry("GRANT", "there are no users"),
          Map.entry("REVOKE", "there are no users"),
          Map.entry("COMMENT", "-- begins a comment"),
          Map.entry("INSTALL", "connectors are on the class path"),
          Map.entry("LOAD", "INSERT INTO t SELECT * FROM 'file' reads a file"),
          Map.entry("IMPORT", "INSERT INTO t SELECT * FROM 'file' reads a file"),
          Map.entry("EXPORT", "COPY t TO 'file.parquet' writes a table"),
          Map.entry("UNLOAD", "COPY (SELECT …) TO 'file.parquet' writes a result"),
          Map.entry("REPLACE", "MERGE INTO updates rows that are there and inserts others"),
          Map.entry("UPSERT", "MERGE INTO updates rows that are there and inserts others"),
          Map.entry(
              "TERMINATE", "STOP QUERY q ends a standing query for now, DROP QUERY q for ever"),
          Map.entry("SUBSCRIBE", "SELECT … EMIT CHANGES shows a result as it changes"),
          Map.entry("HELP", "it is a command of the prompt; --help tells what there is"),
          Map.entry("EXIT", "a script ends where its text ends"),
          Map.entry("QUIT", "a script ends where its text ends"),
          Map.entry(".", "SHOW TABLES, DESCRIBE t and --format F do what commands with a dot do"),
          Map.entry("RENAME", "CREATE TABLE … AS SELECT makes another table"));

  private KnownElsewhere() {}

  /**
   * The refusal, or null if the token is just wrong.
   *
   * @param previous the last token that fitted
   * @param found the first one that does not
   * @param expected the kinds that would fit in its place
   */
  static @Nullable TidemillException refusal(Token previous, Token found, BitSet expected) {
    String word = found.image.toUpperCase(Locale.ROOT);
    if (previous.kind == INTERVAL && expected.get(YEAR) && !expected.get(QUOTED_STRING)) {
      return refuse(
          "the type INTERVAL without its fields, of months and of days,",
          "say INTERVAL YEAR TO MONTH or INTERVAL DAY TO SECOND",
          previous);
    }
    if (previous.kind == TABLESAMPLE) {
      return refuse(
          "this sample of a table",
          "TABLESAMPLE BERNOULLI (10) takes a tenth, USING SAMPLE 5 ROWS behind a SELECT so many rows",
          found);
    }
    if (isWord(previous, "POSITIONAL") && found.kind == JOIN) {
      return refuse(
          "POSITIONAL JOIN",
          "ROW_NUMBER() OVER (ORDER BY …) numbers the rows to join by",
          previous);
    }
    if (word.equals("GLOB")) {
      return refuse("GLOB", "LIKE and REGEXP_LIKE match texts", found);
    }
    if (previous.kind == COLON && found.kind == EQ) {
      return refuse("name := value", "{'name': value} is a ROW with names", previous);
    }
    if (found.kind == BY
        && (previous.kind == INTERSECT || previous.kind == EXCEPT || previous.kind == ALL)) {
      return refuse(
          "BY NAME", "columns of INTERSECT and EXCEPT go together by their places", found);
    }
    if (found.kind == MINUS && isRowCount(previous)) {
      return ParserErrors.negativeCount(
          previous.kind == LIMIT || previous.kind == OFFSET
              ? previous.image.toUpperCase(Locale.ROOT)
              : "FETCH",
          Positions.of(found));
    }
    if (found.kind == LPAREN && isRowCount(previous)) {
      return refuse(
          "LIMIT, OFFSET or FETCH of an expression",
          "they take a number, in JDBC ? too; QUALIFY ROW_NUMBER() OVER (ORDER BY …) <= (SELECT …) counts by one",
          found);
    }
    if (word.equals("ROWS") && expected.get(ROWS) && expected.get(ROW)) {
      return refuse(
          "FETCH … ROWS without ONLY",
          "FETCH FIRST n ROWS ONLY gives so many, QUALIFY RANK() OVER (ORDER BY …) <= n keeps ties",
          found);
    }
    if (found.kind == WITH && expected.get(ONLY)) {
      return refuse("FETCH … WITH TIES", "QUALIFY RANK() OVER (ORDER BY …) <= n keeps ties", found);
    }
    if (found.kind == PERCENT && expected.get(ROWS)) {
      return refuse("FETCH … PERCENT", "a number of rows is", found);
    }
    if ("TOP".equalsIgnoreCase(previous.image) && found.kind == UNSIGNED_INTEGER_LITERAL) {
      return refuse(
          "SELECT TOP", "the number of rows is given at the end, as in LIMIT 10", previous);
    }
    if (expected.get(CREATE) && expected.get(DROP)) {
      String instead = STATEMENTS.get(word);
      return instead == null
          ? null
          : refuse(found.image.equals(".") ? "a command with a dot" : word, instead, found);
    }
    return switch (previous.kind) {
      case CREATE -> ofCreate(found, word);
      case REFRESH ->
          found.kind == MATERIALIZED || found.kind == VIEW
              ? refuse(
                  "REFRESH of a view", "a standing query is kept true, a view is read anew", found)
              : null;
      default ->
          expected.get(ADD) ? ofAlter(found, word) : inStatement(previous, found, word, expected);
    };
  }

  private static @Nullable TidemillException ofCreate(Token found, String word) {
    if (word.equals("INDEX") || word.equals("UNIQUE")) {
      return refuse(
          "CREATE INDEX",
          "scans leave out what statistics and bounds rule out by themselves",
          found);
    }
    if (word.equals("SEQUENCE")) {
      return refuse("CREATE SEQUENCE", "ROW_NUMBER() OVER (ORDER BY …) numbers rows", found);
    }
    if (word.equals("TEMP")) {
      return refuse(
          "CREATE TEMP", "without --db all tables are in memory; DROP TABLE drops one", found);
    }
    if (word.equals("DATABASE")) {
      return refuse("CREATE DATABASE", "--db DIR, or the URL, makes a database directory", found);
    }
    if (word.equals("USER") || word.equals("ROLE")) {
      return refuse("CREATE " + word, "there are no users", found);
    }
    if (word.equals("TRIGGER") || word.equals("PROCEDURE")) {
      return refuse("CREATE " + word, "CREATE STANDING QUERY follows what comes to tables", found);
    }
    if (word.equals("STREAM")) {
      return refuse("CREATE STREAM", "CREATE TABLE makes tables that grow, too", found);
    }
    if (word.equals("LIVE") || word.equals("CONTINUOUS") || word.equals("STREAMING")) {
      return refuse(
          "CREATE " + word, "CREATE STANDING QUERY q AS SELECT … keeps a result true", found);
    }
    if (word.equals("MACRO")) {
      return refuse("CREATE MACRO", "CREATE FUNCTION makes functions of Java classes", found);
    }
    return null;
  }

  private static @Nullable TidemillException ofAlter(Token found, String word) {
    return switch (word) {
      case "RENAME", "DROP", "ALTER", "MODIFY", "CHANGE" ->
          refuse(
              "ALTER TABLE … " + word,
              "CREATE TABLE … AS SELECT makes a table with other columns, a view gives other names",
              found);
      default -> null;
    };
  }

  private static @Nullable TidemillException inStatement(
      Token previous, Token found, String word, BitSet expected) {
    if (found.kind == EXCLUDE && expected.get(GROUPS) && expected.get(RANGE)) {
      return refuse(
          "EXCLUDE without a frame",
          "it stands behind one, as in ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW",
          found);
    }
    if (found.kind == WINDOW && expected.get(ORDER) && expected.get(LIMIT)) {
      return refuse("WINDOW behind QUALIFY", "it stands before QUALIFY and ORDER BY", found);
    }
    if (found.kind == WINDOW && expected.get(CASE)) {
      return refuse(
          "WINDOW in an expression",
          "windows stand in FROM, as in TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE); a name is"
              + " written \"window\"",
          found);
    }
    if (found.kind == LBRACE && expected.get(LATERAL)) {
      return refuse("{oj …}", "an outer join stands without it", found);
    }
    if (previous.kind == FOR && found.kind == UPDATE) {
      return refuse(
          "FOR UPDATE", "each statement reads one snapshot, and there are no locks", found);
    }
    if (expected.get(PRIMARY) && expected.get(IDENTIFIER)) {
      return switch (word) {
        case "UNIQUE", "FOREIGN", "CONSTRAINT" ->
            refuse(word, "PRIMARY KEY (…) and NOT NULL are kept, other constraints are not", found);
        default -> null;
      };
    }
    if (found.kind == CONSTRAINT && expected.get(COLUMN)) {
      return refuse("CONSTRAINT", "CREATE TABLE takes PRIMARY KEY (…) and NOT NULL", found);
    }
    if (isType(expected) && (found.kind == LPAREN || isWord(found, "KEY"))) {
      return switch (previous.image.toUpperCase(Locale.ROOT)) {
        case "UNIQUE", "CHECK", "FOREIGN" ->
            refuse(
                previous.image.toUpperCase(Locale.ROOT),
                "PRIMARY KEY (…) and NOT NULL are kept, other constraints are not",
                previous);
        default -> null;
      };
    }
    if (!expected.get(EOF) && !expected.get(COMMA)) {
      return null;
    }
    if (word.equals("RETURNING")) {
      return refuse("RETURNING", "a SELECT behind the statement sees its rows", found);
    }
    if (found.kind == ON
        && previous.kind == RPAREN
        && expected.get(UNION)
        && !expected.get(WHERE)) {
      return refuse(
          "ON CONFLICT, or any other ON here,",
          "MERGE INTO updates rows that are there and inserts others",
          found);
    }
    if (expected.get(PRIMARY) && expected.get(RPAREN)) {
      return ofColumn(found, word);
    }
    return null;
  }

  private static @Nullable TidemillException ofColumn(Token found, String word) {
    return switch (word) {
      case "DEFAULT" ->
          refuse("DEFAULT", "INSERT says each value; a column it leaves out is NULL", found);
      case "GENERATED" ->
          refuse("GENERATED", "a column that is computed is written c AS expression", found);
      case "REFERENCES" -> refuse("REFERENCES", "foreign keys are not kept", found);
      case "UNIQUE" -> refuse("UNIQUE", "PRIMARY KEY (…) keeps one row a key", found);
      case "CHECK" -> refuse("CHECK", "NOT NULL and PRIMARY KEY (…) are kept", found);
      case "AUTO_INCREMENT", "AUTOINCREMENT", "IDENTITY" ->
          refuse(word, "ROW_NUMBER() OVER (ORDER BY …) numbers rows", found);
      default -> null;
    };
  }

  private static boolean isWord(Token token, String word) {
    return word.equalsIgnoreCase(token.image);
  }

  private static boolean isType(BitSet expected) {
    return expected.get(VARCHAR) && expected.get(BIGINT);
  }

  private static boolean isRowCount(Token token) {
    return switch (token.kind) {
      case LIMIT, OFFSET, FIRST, NEXT -> true;
      default -> false;
    };
  }

  private static TidemillException refuse(String what, String instead, Token at) {
    return ParserErrors.unsupported(what, instead, Positions.of(at));
  }
}
