package dev.tidemill.storage.table;

import java.util.List;

/**
 * What a scan asks of a table.
 *
 * @param columns names of stored columns, in the order the batches shall have them; possibly none
 *     (only rows count)
 * @param from first offset, as {@link Table#start()}, {@link Table#end()} or {@link Table#advance}
 *     gave it
 * @param to the offset behind the last row
 * @param filters conjuncts; the table uses those it {@link Table#support}s
 * @param limit at most this many rows are needed, or -1; a hint
 */
public record ScanRequest(
    List<String> columns, Offset from, Offset to, List<ColumnFilter> filters, long limit) {
  public ScanRequest {
    columns = List.copyOf(columns);
    filters = List.copyOf(filters);
  }
}
