package dev.tidemill.shell;

import dev.tidemill.engine.Session;
import dev.tidemill.sql.parser.statement.Keywords;
import java.util.List;
import java.util.Locale;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;

/** Keywords, in the case that is typed, and the names of tables and their columns. */
final class SqlCompleter implements Completer {
  private final Session session;

  SqlCompleter(Session session) {
    this.session = session;
  }

  @Override
  public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
    String word = line.word();
    int cut = Math.max(word.lastIndexOf('('), word.lastIndexOf(',')) + 1;
    String before = word.substring(0, cut);
    String begun = word.substring(cut);
    boolean lower = !begun.isEmpty() && begun.equals(begun.toLowerCase(Locale.ROOT));
    for (String keyword : Keywords.all()) {
      String name = lower ? keyword.toLowerCase(Locale.ROOT) : keyword;
      candidates.add(candidate(before + name, name, "keywords"));
    }
    for (String name : session.tableNames()) {
      String quoted = Keywords.quoteIfNeeded(name);
      candidates.add(candidate(before + quoted, quoted, "tables"));
    }
    for (String name : session.columnNames(line.line())) {
      String quoted = Keywords.quoteIfNeeded(name);
      candidates.add(candidate(before + quoted, quoted, "columns"));
    }
  }

  private static Candidate candidate(String value, String shown, String group) {
    return new Candidate(value, shown, group, null, null, null, true);
  }
}
