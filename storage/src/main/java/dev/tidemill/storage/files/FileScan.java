package dev.tidemill.storage.files;

import dev.tidemill.storage.table.ColumnFilter;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * What reading a table's files shares.
 *
 * @param schema the table's stored columns; files that know names are matched by name (exactly,
 *     else ignoring case), others by place
 * @param columns those to be read, in the order the batches shall have them; possibly none
 * @param filters conjuncts; those not supported are to be ignored
 * @param limit at most this many rows are needed, or -1; a hint
 * @param rejects what becomes of a row that cannot be read
 */
public record FileScan(
    Schema schema,
    List<String> columns,
    List<ColumnFilter> filters,
    long limit,
    RejectHandler rejects) {
  public FileScan {
    columns = List.copyOf(columns);
    filters = List.copyOf(filters);
  }
}
