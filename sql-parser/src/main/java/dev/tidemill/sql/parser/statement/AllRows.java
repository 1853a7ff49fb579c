package dev.tidemill.sql.parser.statement;

import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlMatchRecognize;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;

/** ALL ROWS PER MATCH, with what is said of matches without rows and of rows that no match has. */
public final class AllRows extends SqlLiteral {
  /** What is said. */
  public enum Option {
    SHOW_EMPTY("SHOW EMPTY MATCHES"),
    OMIT_EMPTY("OMIT EMPTY MATCHES"),
    WITH_UNMATCHED("WITH UNMATCHED ROWS");

    private final String text;

    Option(String text) {
      this.text = text;
    }
  }

  private final Option option;

  public AllRows(Option option, SqlParserPos position) {
    super(SqlMatchRecognize.RowsPerMatchOption.ALL_ROWS, SqlTypeName.SYMBOL, position);
    this.option = option;
  }

  public Option option() {
    return option;
  }

  @Override
  public SqlLiteral clone(SqlParserPos position) {
    return new AllRows(option, position);
  }

  @Override
  public void unparse(SqlWriter writer, int leftPrec, int rightPrec) {
    writer.keyword("ALL ROWS PER MATCH " + option.text);
  }
}
