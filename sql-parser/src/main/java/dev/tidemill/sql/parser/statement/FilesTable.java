package dev.tidemill.sql.parser.statement;

import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;

/**
 * Files in place of a table: {@code FROM 'data/bids/*.parquet'}. To Calcite it is the identifier of
 * two parts {@code $files.<pattern>}, so that a catalog finds it as the table {@code <pattern>} of
 * the schema {@link #SCHEMA}.
 */
public final class FilesTable extends SqlIdentifier {
  /** The schema under which catalogs are asked for files in place. */
  public static final String SCHEMA = "$files";

  public FilesTable(String pattern, SqlParserPos position) {
    super(List.of(SCHEMA, pattern), null, position, List.of(position, position));
  }

  /**
   * Files that are read with options, which are a part of the name.
   *
   * @param options text that a catalog reads
   */
  public FilesTable(String pattern, String options, SqlParserPos position) {
    super(List.of(SCHEMA, options, pattern), null, position, List.of(position, position, position));
  }

  /** A file, a glob or a directory, as written. */
  public String pattern() {
    return names.getLast();
  }

  @Override
  public SqlNode clone(SqlParserPos position) {
    return names.size() == 2
        ? new FilesTable(pattern(), position)
        : new FilesTable(pattern(), names.get(1), position);
  }

  @Override
  public void unparse(SqlWriter writer, int leftPrecedence, int rightPrecedence) {
    writer.literal(StatementText.literal(pattern()));
  }
}
