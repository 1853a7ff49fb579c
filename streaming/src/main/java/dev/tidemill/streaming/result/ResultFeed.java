package dev.tidemill.streaming.result;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.storage.table.Advance;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.InputKind;
import dev.tidemill.storage.table.Offset;
import dev.tidemill.storage.table.ScanRequest;
import dev.tidemill.storage.table.Split;
import dev.tidemill.storage.table.Table;
import dev.tidemill.storage.table.TableStatistics;
import dev.tidemill.streaming.pipeline.WatermarkSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A kept result as one other standing query takes it: first all rows there are, then what each step
 * has changed. Offsets are the numbers of the source's steps. Changes are kept from when the source
 * has computed them until the reader has committed that it took them:
 *
 * <pre>
 *   source at work     step 7      step 8      step 9 (computed, not committed)
 *   changes kept                   +a -b       +c
 *   reader             took all up to 7; its share of step 9 has both
 * </pre>
 *
 * <p>Guarded by the lock that steps are taken under.
 */
public final class ResultFeed implements Table, WatermarkSource, AutoCloseable {
  /** Name of the error of a reader whose source has not taken the step. */
  public static final String SOURCE_BEHIND = "SOURCE_QUERY_BEHIND";

  private static final Split WHOLE = () -> -1;
  private static final Offset START = new Offset("");
  private static final long NOT_BEGUN = Long.MIN_VALUE;

  /** The standing query whose result this is. */
  public interface Source {
    String id();

    String name();

    /** Whether it has ended, so that its result stays as it is unless it is resumed. */
    boolean isAtEnd();

    /** Whether it takes what there is and ends. */
    boolean endsByItself();
  }

  /** {@code watermarkMicros}: of the source behind the step. */
  private record Change(long step, List<Batch> rows, long watermarkMicros) {}

  private Source source;
  private KeptDelivery delivery;
  private final Schema schema;
  private final List<String> names;
  private final boolean changing;
  private final MemoryScope memory;
  private final Deque<Change> changes = new ArrayDeque<>();
  private long position = NOT_BEGUN;

  /** Why changes are not here that ought to be. */
  private @Nullable TidemillException lost;

  /**
   * @param memory is charged with what waits
   */
  ResultFeed(
      Source source, KeptDelivery delivery, Schema schema, boolean changing, MemoryScope memory) {
    this.memory = memory;
    this.source = source;
    this.delivery = delivery;
    this.schema = schema;
    this.names = schema.getFields().stream().map(Field::getName).toList();
    this.changing = changing;
    delivery.addFeed(this);
  }

  public Source source() {
    return source;
  }

  /** The step up to which the reader has taken the changes, or the least long. */
  long position() {
    return position;
  }

  /** The reader is as far as it was; what it has not taken of a result before this one is here. */
  public void resumeFrom(Offset offset) {
    moveTo(offset);
    delivery.handOver(this);
  }

  /** Another result stands in the place of this one, which the reader has taken all of. */
  public void follow(Source successor, KeptDelivery itsDelivery) {
    delivery.removeFeed(this);
    source = successor;
    delivery = itsDelivery;
    delivery.addFeed(this);
    delivery.handOver(this);
  }

  /** The reader has taken all up to an offset; what it needs no more goes. */
  public void moveTo(Offset offset) {
    position = Long.parseLong(offset.text());
    while (!changes.isEmpty() && changes.getFirst().step() <= position) {
      changes.removeFirst().rows().forEach(Batch::close);
    }
  }

  /** Behind the last step of the source, its running one included. */
  public Offset reached() {
    return new Offset(Long.toString(delivery.reached()));
  }

  /** Whether there is a step of the source that the reader has not taken. */
  public boolean isBehind() {
    return position < delivery.reached();
  }

  /** Rows and changes of rows that wait for the reader. */
  public long rows() {
    return position == NOT_BEGUN
        ? delivery.rowCount()
        : changes.stream().flatMap(c -> c.rows().stream()).mapToLong(Batch::rowCount).sum();
  }

  /** What a step of the source changes; borrows the rows. */
  void offer(long step, List<Batch> rows, long watermarkMicros) {
    if (position == NOT_BEGUN || step <= position || lost != null) {
      return;
    }
    List<Batch> kept = new ArrayList<>();
    try {
      rows.forEach(batch -> kept.add(copy(batch, memory)));
      changes.addLast(new Change(step, kept, watermarkMicros));
    } catch (TidemillException e) {
      kept.forEach(Batch::close);
      lost = e;
    }
  }

  /** Rows of the reader's own, so that what waits for it is charged to nobody else. */
  private static Batch copy(Batch batch, MemoryScope scope) {
    List<Column> columns = new ArrayList<>();
    FixedColumn weights = batch.weights();
    try {
      for (int i = 0; i < batch.columnCount(); i++) {
        columns.add(Columns.compact(batch.column(i), batch.selection(), scope));
      }
      return new Batch(
          batch.rowCount(),
          columns,
          null,
          weights == null
              ? null
              : (FixedColumn) Columns.compact(weights, batch.selection(), scope));
    } catch (Throwable t) {
      columns.forEach(Column::close);
      throw t;
    }
  }

  @Override
  public long watermarkMicros(Offset to) {
    long step = Long.parseLong(to.text());
    if (delivery.reached() == step) {
      return delivery.watermarkMicros();
    }
    long micros = Long.MIN_VALUE;
    for (Change change : changes) {
      micros = change.step() <= step ? change.watermarkMicros() : micros;
    }
    return micros;
  }

  /** The source has taken a step back. */
  void takeBack(long step) {
    while (!changes.isEmpty() && changes.getLast().step() >= step) {
      changes.removeLast().rows().forEach(Batch::close);
    }
  }

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public InputKind inputKind() {
    return InputKind.GROWING;
  }

  @Override
  public boolean changing() {
    return changing;
  }

  @Override
  public TableStatistics statistics() {
    return TableStatistics.UNKNOWN;
  }

  @Override
  public Offset start() {
    return START;
  }

  @Override
  public Offset end() {
    return reached();
  }

  @Override
  public Advance advance(Offset from, long maxRows) {
    return new Advance(reached(), rows(), true, false);
  }

  @Override
  public List<Split> splits(ScanRequest request) {
    return List.of(WHOLE);
  }

  /**
   * The rows, or their changes.
   *
   * @throws TidemillException where the source has not taken the step up to which they are asked
   *     for, or has gone on from the one that the rows are asked of
   */
  @Override
  public BatchReader open(Split split, ScanRequest request, MemoryScope scope) {
    if (lost != null) {
      throw ResultErrors.changesLost(source.name(), lost);
    }
    long to = Long.parseLong(request.to().text());
    boolean whole = request.from().equals(START);
    if (delivery.reached() < to) {
      throw ResultErrors.sourceBehind(source.name());
    }
    if (whole
        ? delivery.reached() != to
        : Long.parseLong(request.from().text()) != position || delivery.lacksBehind(position)) {
      throw ResultErrors.changesGone(source.name());
    }
    int[] columns = request.columns().stream().mapToInt(names::indexOf).toArray();
    Deque<Batch> rows = new ArrayDeque<>();
    try {
      if (whole) {
        delivery.forEachRow(batch -> add(batch, columns, rows, scope), scope);
      } else {
        for (Change change : changes) {
          if (change.step() <= to) {
            change.rows().forEach(batch -> add(batch, columns, rows, scope));
          }
        }
      }
      return new Reader(rows);
    } catch (Throwable t) {
      rows.forEach(Batch::close);
      throw t;
    }
  }

  private void add(Batch batch, int[] columns, Deque<Batch> rows, MemoryScope scope) {
    List<Column> chosen = new ArrayList<>(columns.length);
    for (int column : columns) {
      chosen.add(batch.column(column).retain());
    }
    Batch own = batch.withColumns(chosen);
    if (changing || own.weights() == null) {
      rows.add(own);
      return;
    }
    try (own) {
      repeated(own, rows, scope);
    }
  }

  /** Where rows only come, each stands as often as its weight says. */
  private static void repeated(Batch batch, Deque<Batch> rows, MemoryScope scope) {
    int[] taken = new int[Batch.MAX_ROWS];
    int count = 0;
    for (int i = 0; i < batch.rowCount(); i++) {
      int row = batch.row(i);
      for (long n = batch.weightAt(row); n > 0; n--) {
        taken[count++] = row;
        if (count == taken.length) {
          rows.add(take(batch, taken, count, scope));
          count = 0;
        }
      }
    }
    if (count > 0) {
      rows.add(take(batch, taken, count, scope));
    }
  }

  private static Batch take(Batch batch, int[] rows, int count, MemoryScope scope) {
    List<Column> columns = new ArrayList<>();
    try {
      for (int i = 0; i < batch.columnCount(); i++) {
        columns.add(Columns.take(batch.column(i), rows, 0, count, scope));
      }
      return new Batch(count, columns);
    } catch (Throwable t) {
      columns.forEach(Column::close);
      throw t;
    }
  }

  private static final class Reader implements BatchReader {
    private final Deque<Batch> rows;

    Reader(Deque<Batch> rows) {
      this.rows = rows;
    }

    @Override
    public @Nullable Batch next() {
      return rows.poll();
    }

    @Override
    public void close() {
      rows.forEach(Batch::close);
      rows.clear();
    }
  }

  /** The reader is gone. */
  @Override
  public void close() {
    delivery.removeFeed(this);
    takeBack(Long.MIN_VALUE);
  }
}
