package dev.tidemill.connectors.jdbc;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The name of a table as an option has it: parts apart by points, each quoted with double quotes or
 * not.
 */
record TableName(String written, List<Part> parts) {
  record Part(String text, boolean quoted) {}

  TableName {
    parts = List.copyOf(parts);
  }

  /**
   * @param option whose value it is, for messages
   */
  static TableName parse(String option, String text) {
    List<Part> parts = new ArrayList<>();
    int at = 0;
    while (true) {
      StringBuilder part = new StringBuilder();
      boolean quoted = at < text.length() && text.charAt(at) == '"';
      if (quoted) {
        at = readQuoted(text, at + 1, part);
      } else {
        while (at < text.length() && text.charAt(at) != '.' && text.charAt(at) != '"') {
          part.append(text.charAt(at++));
        }
      }
      if (part.isEmpty() || at < text.length() && text.charAt(at) != '.') {
        throw JdbcErrors.tableName(option, text);
      }
      parts.add(new Part(part.toString(), quoted));
      if (at >= text.length()) {
        return new TableName(text, parts);
      }
      at++;
    }
  }

  /** Reads to behind the closing quote, or past the end where there is none. */
  private static int readQuoted(String text, int from, StringBuilder part) {
    int at = from;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c != '"') {
        part.append(c);
      } else if (at < text.length() && text.charAt(at) == '"') {
        part.append('"');
        at++;
      } else {
        return at;
      }
    }
    part.setLength(0);
    return at;
  }

  /** The name in the database's SQL, unquoted parts as it keeps them. */
  String folded(Dialect dialect) {
    return sql(dialect, true);
  }

  /** What it may be in the database's SQL, the likeliest first. */
  Set<String> candidates(Dialect dialect) {
    Set<String> candidates = new LinkedHashSet<>();
    candidates.add(sql(dialect, true));
    candidates.add(sql(dialect, false));
    return candidates;
  }

  private String sql(Dialect dialect, boolean folded) {
    List<String> quoted = new ArrayList<>();
    for (Part part : parts) {
      quoted.add(
          dialect.quoted(folded && !part.quoted() ? dialect.folded(part.text()) : part.text()));
    }
    return String.join(".", quoted);
  }
}
