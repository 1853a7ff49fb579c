package dev.tidemill.shell.editing;

import dev.tidemill.engine.Result;
import dev.tidemill.engine.Session;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.sql.parser.statement.Keywords;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;

/**
 * What may come next, by what stands before: keywords in the case that is typed, tables behind FROM
 * and its like, settings behind SET, schemas behind USE, files in a text, else columns of the
 * tables that the statement names, and functions.
 */
public final class SqlCompleter implements Completer {
  private static final int MOST_FILES = 500;

  private final Session session;
  private final Path directory;
  private List<String> functions = List.of();

  /**
   * @param directory what relative paths are relative to
   */
  public SqlCompleter(Session session, Path directory) {
    this.session = session;
    this.directory = directory;
  }

  @Override
  public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
    String word = line.word();
    List<SqlTokens.Token> before = before(line.line().substring(0, line.cursor() - word.length()));
    if (!before.isEmpty() && before.getLast().kind() == SqlTokens.Kind.TEXT) {
      files(word, candidates);
      return;
    }
    if (before.isEmpty() && word.startsWith("\\")) {
      List.of("\\?", "\\d", "\\f", "\\q").forEach(name -> add(name, "commands", candidates));
      return;
    }
    int dot = word.lastIndexOf('.');
    if (dot >= 0) {
      qualified(line.line(), word.substring(0, dot), candidates);
      return;
    }
    String last = before.isEmpty() ? ";" : before.getLast().text();
    if (last.equals(";")) {
      keywords(Vocabulary.FIRST, word, candidates);
    } else if (last.equals("\\d") || Vocabulary.isBeforeNames(last)) {
      names(session.tableNames(), "tables", candidates);
      rows("SHOW SCHEMAS").forEach(schema -> add(schema + ".", "schemas", candidates));
    } else if (last.equals("\\f")) {
      List.of("box", "csv", "json", "jsonl", "markdown", "tsv", "vertical")
          .forEach(format -> add(format, "formats", candidates));
    } else if (last.equalsIgnoreCase("SET") || last.equalsIgnoreCase("RESET")) {
      names(rows("SHOW SETTINGS"), "settings", candidates);
    } else if (last.equalsIgnoreCase("USE")) {
      rows("SHOW SCHEMAS").forEach(schema -> add(schema, "schemas", candidates));
    } else if (!Vocabulary.following(last).isEmpty()) {
      keywords(Vocabulary.following(last), word, candidates);
    } else {
      names(columns(line.line()), "columns", candidates);
      functions(word, candidates);
      keywords(Vocabulary.INNER, word, candidates);
    }
  }

  /** What stands before the word, without blanks and comments; {@code \d} is one piece. */
  private static List<SqlTokens.Token> before(String text) {
    List<SqlTokens.Token> tokens = new ArrayList<>();
    for (SqlTokens.Token token : SqlTokens.of(text)) {
      if (!tokens.isEmpty() && tokens.getLast().is("\\")) {
        tokens.set(tokens.size() - 1, new SqlTokens.Token(token.kind(), "\\" + token.text(), true));
      } else if (token.kind() != SqlTokens.Kind.BLANK
          && token.kind() != SqlTokens.Kind.COMMENT
          && !(token.kind() == SqlTokens.Kind.TEXT && token.closed())) {
        tokens.add(token);
      }
    }
    return tokens;
  }

  /** Behind a dot: tables of a schema, schemas of a catalog, columns of a table or its alias. */
  private void qualified(String line, String qualifier, List<Candidate> candidates) {
    String prefix = qualifier.toLowerCase(Locale.ROOT) + ".";
    boolean found = false;
    for (String schema : rows("SHOW SCHEMAS")) {
      String name = schema.toLowerCase(Locale.ROOT);
      if ((name + ".").equals(prefix)) {
        for (String table : tables(schema)) {
          add(qualifier + "." + Keywords.quoteIfNeeded(table), "tables", candidates);
        }
        found = true;
      } else if (name.startsWith(prefix)) {
        add(qualifier + schema.substring(qualifier.length()) + ".", "schemas", candidates);
        found = true;
      }
    }
    if (!found) {
      for (String column : columns(line)) {
        add(qualifier + "." + Keywords.quoteIfNeeded(column), "columns", candidates);
      }
    }
  }

  private List<String> tables(String schema) {
    int dot = schema.indexOf('.');
    return rows(
        "SELECT table_name FROM information_schema.tables WHERE table_catalog = "
            + text(schema.substring(0, dot))
            + " AND table_schema = "
            + text(schema.substring(dot + 1)));
  }

  private static String text(String value) {
    return "'" + value.replace("'", "''") + "'";
  }

  /** Columns of all tables that the text names. */
  private Collection<String> columns(String line) {
    Collection<String> columns = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    List<String> path = new ArrayList<>();
    boolean dotted = false;
    for (SqlTokens.Token token : SqlTokens.of(line)) {
      boolean isName =
          token.kind() == SqlTokens.Kind.WORD
              || token.kind() == SqlTokens.Kind.QUOTED_NAME && token.closed();
      if (isName) {
        if (!dotted) {
          path.clear();
        }
        path.add(unquoted(token));
        columns.addAll(session.columnNames(path));
      }
      dotted = token.is(".") && !path.isEmpty();
    }
    return columns;
  }

  private static String unquoted(SqlTokens.Token name) {
    String text = name.text();
    return name.kind() == SqlTokens.Kind.WORD
        ? text
        : text.substring(1, text.length() - 1).replace("\"\"", "\"");
  }

  private void functions(String word, List<Candidate> candidates) {
    if (functions.isEmpty()) {
      functions = rows("SHOW FUNCTIONS");
    }
    for (String function : functions) {
      String name = isLower(word) ? function.toLowerCase(Locale.ROOT) : function;
      candidates.add(candidate(name + "(", name, "functions", false));
    }
  }

  private static void keywords(List<String> keywords, String word, List<Candidate> candidates) {
    for (String keyword : keywords) {
      String name = isLower(word) ? keyword.toLowerCase(Locale.ROOT) : keyword;
      candidates.add(candidate(name, name, "keywords", true));
    }
  }

  private static boolean isLower(String word) {
    return !word.isEmpty() && word.equals(word.toLowerCase(Locale.ROOT));
  }

  private static void names(Collection<String> names, String group, List<Candidate> candidates) {
    names.forEach(name -> add(Keywords.quoteIfNeeded(name), group, candidates));
  }

  private static void add(String value, String group, List<Candidate> candidates) {
    candidates.add(candidate(value, value, group, !value.endsWith(".")));
  }

  /** Files and directories that begin so; hidden ones where a dot was typed. */
  private void files(String begun, List<Candidate> candidates) {
    int slash = begun.lastIndexOf('/') + 1;
    String folder = begun.substring(0, slash);
    boolean hidden = begun.startsWith(".", slash);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory.resolve(folder))) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (name.startsWith(".") == hidden && candidates.size() < MOST_FILES) {
          boolean isFolder = Files.isDirectory(file);
          String value = folder + name.replace("'", "''") + (isFolder ? "/" : "'");
          candidates.add(candidate(value, isFolder ? name + "/" : name, "files", !isFolder));
        }
      }
    } catch (IOException | DirectoryIteratorException | InvalidPathException unreadable) {
      candidates.clear();
    }
  }

  private static Candidate candidate(String value, String shown, String group, boolean complete) {
    return new Candidate(value, shown, group, null, null, null, complete);
  }

  /** The first column of a statement's rows. */
  private List<String> rows(String sql) {
    List<String> values = new ArrayList<>();
    try (Result result = session.execute(sql)) {
      for (Batch batch = result.next(); batch != null; batch = result.next()) {
        try (Batch current = batch) {
          for (int i = 0; i < current.rowCount(); i++) {
            values.add(String.valueOf(current.column(0).value(current.row(i))));
          }
        }
      }
    } catch (TidemillException nothingToOffer) {
      return List.of();
    }
    return values;
  }
}
