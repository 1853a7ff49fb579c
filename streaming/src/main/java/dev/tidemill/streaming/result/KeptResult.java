package dev.tidemill.streaming.result;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.BatchBuilder;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.row.EncodedRows;
import dev.tidemill.foundation.row.RowCodec;
import dev.tidemill.foundation.row.SortOrder;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.SortKey;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.streaming.state.QueryState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A result kept in its query's state: a multiset of rows, with those columns of the query's ORDER
 * BY too that the result itself does not have. To be read, rows are encoded with the columns of the
 * ORDER BY first, so that sorting the byte strings gives its order.
 */
public final class KeptResult {
  /** The state that holds it. */
  public static final String STATE = "$result";

  private final List<Type> types;
  private final List<Integer> key;

  /** How many of the columns, from the first on, are the result's. */
  private final int visible;

  /** The columns in the order they are encoded in. */
  private final int[] encodedColumns;

  private final RowCodec codec;

  public KeptResult(StandingPlan plan) {
    List<OutputColumn> columns = plan.keptColumns();
    this.key = plan.key();
    this.visible = plan.columns().size();
    this.types = columns.stream().map(OutputColumn::type).toList();
    List<Integer> order = new ArrayList<>();
    List<SortOrder> orders = new ArrayList<>();
    for (SortKey key : plan.order()) {
      if (!order.contains(key.column())) {
        order.add(key.column());
        orders.add(SortOrder.of(key.descending(), key.nullsFirst()));
      }
    }
    for (int column = 0; column < columns.size(); column++) {
      if (!order.contains(column)) {
        order.add(column);
        orders.add(SortOrder.ASCENDING_NULLS_LAST);
      }
    }
    this.encodedColumns = order.stream().mapToInt(Integer::intValue).toArray();
    this.codec = RowCodec.of(order.stream().map(types::get).toList(), orders);
  }

  /** Where the rows of this result are kept in the state of its query, from now on. */
  public KeptRows rows(QueryState state) {
    KeptRows rows = new KeptRows(types, key, state.memory());
    state.columns(STATE, rows);
    return rows;
  }

  /** Gives rows with weights; a version's, or those of the running step. */
  public interface Rows {
    void forEach(KeptRows.BatchConsumer consumer, MemoryScope scope);
  }

  /**
   * All rows in order, each as often as it stands there, without the columns that only serve the
   * order; the caller's to close.
   */
  public List<Batch> read(Rows rows, MemoryScope scope) {
    List<byte[]> keys = new ArrayList<>();
    EncodedRows encoded = new EncodedRows();
    rows.forEach(
        batch -> {
          codec.encode(batch, encodedColumns, encoded);
          for (int i = 0; i < encoded.count(); i++) {
            byte[] key = encoded.key(i);
            for (long n = batch.weightAt(i); n > 0; n--) {
              keys.add(key);
            }
          }
        },
        scope);
    keys.sort(Arrays::compareUnsigned);
    List<Batch> batches = new ArrayList<>();
    try (BatchBuilder builder =
        BatchBuilder.of(types, scope, Math.min(keys.size() + 1, Batch.MAX_ROWS))) {
      List<ColumnBuilder> columns =
          Arrays.stream(encodedColumns).mapToObj(builder::column).toList();
      for (byte[] key : keys) {
        codec.decode(key, columns);
        builder.endRow();
        if (builder.isFull()) {
          batches.add(result(builder.build()));
        }
      }
      if (builder.length() > 0) {
        batches.add(result(builder.build()));
      }
      return batches;
    } catch (Throwable t) {
      batches.forEach(Batch::close);
      throw t;
    }
  }

  /** Takes over a batch of all columns; gives one of the result's. */
  private Batch result(Batch all) {
    if (visible == all.columnCount()) {
      return all;
    }
    try (all) {
      List<Column> columns = new ArrayList<>(visible);
      for (int i = 0; i < visible; i++) {
        columns.add(all.column(i).retain());
      }
      return new Batch(all.length(), columns);
    }
  }
}
