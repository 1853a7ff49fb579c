package dev.tidemill.sql.parser.grammar;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.sql.parser.error.ParserErrors;
import dev.tidemill.sql.parser.statement.ColumnDefinition;
import dev.tidemill.sql.parser.statement.Name;
import dev.tidemill.sql.parser.statement.PrimaryKey;
import dev.tidemill.sql.parser.statement.Watermark;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What stands between the parentheses of CREATE TABLE, as it is collected. */
final class TableElements {
  final List<ColumnDefinition> columns = new ArrayList<>();
  @Nullable Watermark watermark;
  @Nullable PrimaryKey primaryKey;

  private final Set<String> names = new HashSet<>();

  void add(ColumnDefinition column) {
    Name name = column.name();
    if (!names.add(name.text().toLowerCase(Locale.ROOT))) {
      throw ParserErrors.twice("column " + name, name.position());
    }
    columns.add(column);
  }

  void add(Watermark added, SourcePosition position) {
    if (watermark != null) {
      throw ParserErrors.twice("WATERMARK", position);
    }
    watermark = added;
  }

  void add(PrimaryKey added, SourcePosition position) {
    if (primaryKey != null) {
      throw ParserErrors.twice("PRIMARY KEY", position);
    }
    Set<String> keyNames = new HashSet<>();
    for (Name name : added.columns()) {
      if (!keyNames.add(name.text().toLowerCase(Locale.ROOT))) {
        throw ParserErrors.twice("column " + name, name.position());
      }
    }
    primaryKey = added;
  }
}
