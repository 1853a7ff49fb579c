package dev.tidemill.sql.parser.grammar;

import dev.tidemill.sql.parser.statement.QualifiedName;
import dev.tidemill.sql.parser.statement.Selects;
import dev.tidemill.sql.parser.statement.SqlFragment;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.parser.SqlParserPos;

/** The query that COPY t stands for. */
final class TableContents {
  private TableContents() {}

  static SqlFragment of(QualifiedName table) {
    SqlParserPos position = new SqlParserPos(table.position().line(), table.position().column());
    SqlSelect select = Selects.all(new SqlIdentifier(table.names(), position), position);
    return new SqlFragment(select, "SELECT * FROM " + table, table.position());
  }
}
