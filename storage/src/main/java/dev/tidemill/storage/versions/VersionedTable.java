package dev.tidemill.storage.versions;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.catalog.ConnectorOption;
import dev.tidemill.storage.catalog.OptionReader;
import dev.tidemill.storage.table.Advance;
import dev.tidemill.storage.table.Backlog;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.Changeable;
import dev.tidemill.storage.table.ColumnFilter;
import dev.tidemill.storage.table.FilterSupport;
import dev.tidemill.storage.table.InputKind;
import dev.tidemill.storage.table.Offset;
import dev.tidemill.storage.table.RowOperation;
import dev.tidemill.storage.table.ScanRequest;
import dev.tidemill.storage.table.SinkMode;
import dev.tidemill.storage.table.Split;
import dev.tidemill.storage.table.Table;
import dev.tidemill.storage.table.TableSink;
import dev.tidemill.storage.table.TableStatistics;
import dev.tidemill.storage.table.ValueExtremes;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A table as a log of commits, each a snapshot: rows that came as a segment, rows that went by
 * their numbers. Its offsets are {@link Place}s.
 *
 * <pre>
 *   commit   does                            read from the start     read from the commit before
 *   1        + (1, a) (2, b)                 (1, a) (2, b)           +(1, a) +(2, b)
 *   2        - row 1 of segment 1, + (2, c)  (1, a) (2, c)           -(2, b) +(2, c)
 *   3        compaction                      (1, a) (2, c)
 * </pre>
 *
 * <p>A commit that removes rows is taken whole by a step; rows that only came may be taken in
 * parts.
 */
public class VersionedTable implements Table {
  /** The option that says whether rows never go. */
  public static final ConnectorOption APPEND_ONLY =
      new ConnectorOption(
          "append_only",
          false,
          "whether rows never go: with true UPDATE, DELETE and MERGE are refused, with false standing queries are planned for"
              + " rows that go; by default they are once a row has gone");

  /** The option that says how many snapshots compaction leaves. */
  public static final ConnectorOption SNAPSHOTS_KEPT =
      new ConnectorOption(
          "snapshots_kept",
          false,
          "how many of the last snapshots can be read after COMPACT TABLE: 100 by default; older ones are removed unless"
              + " something reads the table");

  private static final int MIN_PINS = 64;
  private static final long MIN_PART_ROWS = 1 << 16;
  private static final String ROW = Changeable.ROW;

  /** What compaction leaves where nothing is said. */
  public static final long DEFAULT_SNAPSHOTS_KEPT = 100;

  private final Definition definition;
  private final Schema schema;
  private final SegmentStore store;
  private History history = new History(Base.EMPTY);
  private final Changing changing = new Changing();

  /** What splits that may be read still need; gone with them. */
  private final List<WeakReference<Pin>> pins = new ArrayList<>();

  private int pinsBeforeCleaning = MIN_PINS;

  /** What the sink that is open writes with, which a compaction between its steps does too. */
  private SegmentStore.@Nullable Writing sinks;

  /**
   * What a table was declared as.
   *
   * @param appendOnly whether rows never go: true or false as declared, null where it was not
   * @param snapshotsKept how many snapshots compaction leaves
   */
  public record Definition(
      String name,
      Schema schema,
      InputKind kind,
      @Nullable Boolean appendOnly,
      long snapshotsKept,
      InstantSource clock) {}

  /** Keeps a snapshot and the changes since, as long as someone has this. */
  private record Pin(long snapshot) {}

  /** Rows of a segment in a splitting: those that come, or those that go. */
  private record RowsSplit(SegmentStore.Part part, int[] gone, boolean removes, @Nullable Pin pin)
      implements Split {
    @Override
    public long estimatedRows() {
      return part.to() - part.from();
    }

    @Override
    public String source() {
      return "snapshot " + part.segment().id();
    }
  }

  public VersionedTable(Definition definition, SegmentStore store) {
    this.definition = definition;
    this.schema = definition.schema();
    this.store = store;
  }

  /** {@link #APPEND_ONLY} as declared, or null. */
  public static @Nullable Boolean appendOnly(OptionReader options) {
    return options.text(APPEND_ONLY.name()) == null
        ? null
        : (Boolean) options.flag(APPEND_ONLY.name(), false);
  }

  /** {@link #SNAPSHOTS_KEPT} as declared, or the default. */
  public static long snapshotsKept(OptionReader options) {
    return options.number(SNAPSHOTS_KEPT.name(), DEFAULT_SNAPSHOTS_KEPT, 1);
  }

  private synchronized History history() {
    SegmentStore.Kept news = store.news();
    if (news != null) {
      if (news.base() != null) {
        history = new History(news.base());
      }
      news.commits().forEach(history::add);
      if (news.ended()) {
        history.end();
      }
      history.expire(news.oldest());
    }
    return history;
  }

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public synchronized InputKind inputKind() {
    return definition.kind() == InputKind.GROWING && history().ended()
        ? InputKind.BOUNDED
        : definition.kind();
  }

  /** Where it was not declared, it is changing once it has changed. */
  @Override
  public synchronized boolean changing() {
    Boolean appendOnly = definition.appendOnly();
    return appendOnly == null ? history().hasRemoved() : !appendOnly;
  }

  @Override
  public synchronized TableStatistics statistics() {
    History now = history();
    TableStatistics all = store.statistics(now.segments(now.last()));
    return now.hasRemoved() ? new TableStatistics(now.rows(), all.bytes(), all.columns()) : all;
  }

  @Override
  public FilterSupport support(ColumnFilter filter) {
    FilterSupport support = store.support(filter);
    return support == FilterSupport.EXACT ? FilterSupport.PRUNING : support;
  }

  @Override
  public Offset start() {
    return Place.START.toOffset();
  }

  @Override
  public synchronized Offset end() {
    return new Place(history().last(), 0).toOffset();
  }

  @Override
  public Backlog backlog(Offset from) {
    return Backlog.ofRows(advance(from, Long.MAX_VALUE).rows());
  }

  @Override
  public synchronized Advance advance(Offset from, long maxRows) {
    History now = history();
    Place place = Place.parse(from);
    long number = place.commit();
    long taken = place.rows();
    long rows = 0;
    if (place.equals(Place.START) && now.first() > 0) {
      number = now.first();
      rows = now.rows(number);
    } else if (number < now.base()) {
      throw VersionErrors.expired(definition.name(), number, now.oldest());
    }
    while (number < now.last()) {
      Commit next = now.commit(number + 1);
      if (next.rowsOut() > 0) {
        long all = next.rowsIn() + next.rowsOut();
        if (rows > 0 && rows + all > maxRows) {
          break;
        }
        rows += all;
        number++;
        continue;
      }
      long left = next.rowsIn() - taken;
      long more = Math.min(left, maxRows - rows);
      if (more <= 0 && left > 0) {
        break;
      }
      rows += Math.max(0, more);
      if (more < left) {
        taken += more;
        break;
      }
      number++;
      taken = 0;
    }
    boolean caughtUp = number == now.last();
    return new Advance(
        new Place(number, taken).toOffset(),
        rows,
        caughtUp,
        caughtUp && (now.ended() || definition.kind() != InputKind.GROWING));
  }

  @Override
  public List<Split> splits(ScanRequest request) {
    return splits(request, 1);
  }

  @Override
  public List<Split> splits(ScanRequest request, int parts) {
    List<RowsSplit> whole = pinned(request);
    long rows = whole.stream().mapToLong(RowsSplit::estimatedRows).sum();
    if (whole.size() >= parts || rows == 0) {
      return List.copyOf(whole);
    }
    long step = Math.max(rows / parts, MIN_PART_ROWS);
    List<Split> divided = new ArrayList<>();
    for (RowsSplit split : whole) {
      for (SegmentStore.Part part : store.divide(split.part(), step)) {
        divided.add(new RowsSplit(part, split.gone(), split.removes(), split.pin()));
      }
    }
    return divided;
  }

  /** What the request reads, which stays as long as one of these is reachable. */
  private synchronized List<RowsSplit> pinned(ScanRequest request) {
    Place from = Place.parse(request.from());
    Place to = Place.parse(request.to());
    Pin pin = new Pin(from.equals(Place.START) ? to.commit() : from.commit());
    List<RowsSplit> splits = ranges(request, pin);
    if (!splits.isEmpty()) {
      keep(pin);
    }
    return splits;
  }

  private void keep(Pin pin) {
    if (pins.size() >= pinsBeforeCleaning) {
      pins.removeIf(other -> other.get() == null);
      pinsBeforeCleaning = Math.max(MIN_PINS, 2 * pins.size());
    }
    pins.add(new WeakReference<>(pin));
  }

  private List<RowsSplit> ranges(ScanRequest request, @Nullable Pin pin) {
    History now = history();
    Place from = Place.parse(request.from());
    Place to = Place.parse(request.to());
    if (to.commit() > now.last() || (to.rows() > 0 && to.commit() == now.last())) {
      throw VersionErrors.badOffset(request.to().text());
    }
    boolean whole = from.equals(Place.START);
    long first = whole ? to.commit() : from.commit();
    if (first < now.oldest() && !to.equals(Place.START)) {
      throw VersionErrors.expired(definition.name(), first, now.oldest());
    }
    ScanRequest stored = stored(request);
    List<RowsSplit> splits = new ArrayList<>();
    if (whole) {
      for (Segment segment : now.segments(to.commit())) {
        int[] gone = now.deleted(segment, to.commit());
        if (gone.length < segment.rows()) {
          add(splits, segment, 0, segment.rows(), gone, stored, pin);
        }
      }
    } else {
      for (long number = from.commit() + 1; number <= to.commit(); number++) {
        Commit commit = now.commit(number);
        Segment gone = commit.gone();
        if (gone != null) {
          for (SegmentStore.Part part : store.parts(gone, 0, gone.rows(), stored)) {
            splits.add(new RowsSplit(part, new int[0], true, pin));
          }
        }
        Segment added = commit.added();
        if (added != null && !commit.compacted()) {
          long begin = number == from.commit() + 1 ? from.rows() : 0;
          add(splits, added, begin, added.rows(), new int[0], stored, pin);
        }
      }
    }
    if (to.rows() > 0) {
      Segment added = now.commit(to.commit() + 1).added();
      if (added == null || added.rows() < to.rows()) {
        throw VersionErrors.badOffset(request.to().text());
      }
      long begin = from.commit() == to.commit() ? from.rows() : 0;
      add(splits, added, begin, to.rows(), new int[0], stored, pin);
    }
    return splits;
  }

  private void add(
      List<RowsSplit> splits,
      Segment segment,
      long from,
      long to,
      int[] gone,
      ScanRequest request,
      @Nullable Pin pin) {
    if (from < to) {
      for (SegmentStore.Part part : store.parts(segment, from, to, request)) {
        splits.add(new RowsSplit(part, gone, false, pin));
      }
    }
  }

  /** The request without the column of row numbers. */
  private static ScanRequest stored(ScanRequest request) {
    return request.columns().contains(ROW)
        ? new ScanRequest(
            request.columns().stream().filter(column -> !column.equals(ROW)).toList(),
            request.from(),
            request.to(),
            request.filters(),
            request.limit())
        : request;
  }

  /** Of parts of which no row is gone. */
  @Override
  public @Nullable List<ValueExtremes> extremes(ScanRequest request) {
    if (request.columns().contains(ROW)) {
      return null;
    }
    List<RowsSplit> splits = pinned(request);
    try {
      ValueExtremes[] all = new ValueExtremes[request.columns().size()];
      Arrays.fill(all, ValueExtremes.NONE);
      for (RowsSplit split : splits) {
        List<ValueExtremes> own =
            split.gone().length == 0 && !split.removes()
                ? store.extremes(split.part(), request)
                : null;
        if (own == null) {
          return null;
        }
        for (int i = 0; i < all.length; i++) {
          all[i] = all[i].and(own.get(i));
        }
      }
      return List.of(all);
    } finally {
      Reference.reachabilityFence(splits);
    }
  }

  @Override
  public BatchReader open(Split split, ScanRequest request, MemoryScope scope) {
    RowsSplit rows = (RowsSplit) split;
    int rowColumn = request.columns().indexOf(ROW);
    if (rows.gone().length == 0 && !rows.removes() && rowColumn < 0) {
      return new PinnedReader(store.open(rows.part(), request, scope), rows);
    }
    ScanRequest unfiltered =
        new ScanRequest(stored(request).columns(), request.from(), request.to(), List.of(), -1);
    return new RowsReader(
        new PinnedReader(store.open(rows.part(), unfiltered, scope), rows),
        rows.part().segment().id(),
        rows.gone(),
        rows.removes(),
        rowColumn,
        scope);
  }

  @Override
  public Set<SinkMode> sinkModes() {
    return Set.of(SinkMode.APPEND);
  }

  @Override
  public TableSink sink(String writer) {
    SegmentStore.Writing writing = store.write(writer);
    synchronized (this) {
      sinks = writing;
    }
    return new Sink(writing, writer);
  }

  @Override
  public Changeable changeable() {
    return changing;
  }

  private synchronized long nextNumber() {
    return history().last() + 1;
  }

  /** Makes a commit, which gets the next number; so do its segments. */
  private synchronized void commit(SegmentStore.Writing writing, Commit made) {
    long number = nextNumber();
    writing.commit(
        new Commit(
            number,
            definition.clock().millis(),
            made.writer(),
            made.step(),
            numbered(made.added(), number),
            numbered(made.gone(), number),
            made.deletes(),
            made.compacted()));
    history();
  }

  private static @Nullable Segment numbered(@Nullable Segment segment, long number) {
    return segment == null
        ? null
        : new Segment(number, segment.gone(), segment.name(), segment.size(), segment.rows());
  }

  private void checkNotNull(Batch batch) {
    List<Field> fields = schema.getFields();
    for (int i = 0; i < fields.size(); i++) {
      Column column = batch.column(i);
      if (fields.get(i).isNullable() || !column.mayHaveNulls()) {
        continue;
      }
      for (int row = 0; row < batch.rowCount(); row++) {
        if (column.isNull(batch.row(row))) {
          throw VersionErrors.notNull(fields.get(i).getName());
        }
      }
    }
  }

  /** Rows that are added, step by step. */
  private final class Sink implements TableSink {
    private final SegmentStore.Writing writing;
    private final String writer;

    Sink(SegmentStore.Writing writing, String writer) {
      this.writing = writing;
      this.writer = writer;
    }

    @Override
    public long lastStep() {
      synchronized (VersionedTable.this) {
        return history().lastStep(writer);
      }
    }

    @Override
    public StepWriter begin(long step, SinkMode mode, MemoryScope scope) {
      if (step <= lastStep()) {
        throw new IllegalArgumentException("step " + step + " after step " + lastStep());
      }
      return new Rows(writing, writer, step, scope);
    }

    @Override
    public boolean hasEnded() {
      synchronized (VersionedTable.this) {
        return history().ended();
      }
    }

    @Override
    public void end() {
      synchronized (VersionedTable.this) {
        if (!history().ended()) {
          writing.end();
        }
      }
    }

    @Override
    public void close() {
      synchronized (VersionedTable.this) {
        if (sinks == writing) {
          sinks = null;
        }
      }
      writing.close();
    }
  }

  /** The rows of a step of a sink. */
  private final class Rows implements TableSink.StepWriter {
    private final SegmentStore.Writing writing;
    private final String writer;
    private final long step;
    private final MemoryScope scope;
    private SegmentStore.@Nullable SegmentWriter segment;

    Rows(SegmentStore.Writing writing, String writer, long step, MemoryScope scope) {
      this.writing = writing;
      this.writer = writer;
      this.step = step;
      this.scope = scope;
    }

    @Override
    public void write(Batch rows, RowOperation operation) {
      if (rows.rowCount() == 0) {
        return;
      }
      checkNotNull(rows);
      SegmentStore.SegmentWriter open = segment;
      if (open == null) {
        open = writing.segment(nextNumber(), false, scope);
        segment = open;
      }
      open.write(rows);
    }

    @Override
    public void commit() {
      Segment added = segment == null ? null : segment.finish();
      VersionedTable.this.commit(
          writing, new Commit(0, 0, writer, step, added, null, Deletes.NONE, false));
    }

    @Override
    public void close() {
      if (segment != null) {
        segment.close();
        segment = null;
      }
    }
  }

  /** What changes the table. */
  private final class Changing implements Changeable {
    @Override
    public Table withRowIds() {
      List<Field> fields = new ArrayList<>(schema.getFields());
      fields.add(ArrowTypes.field(ROW, Type.BIGINT, false));
      return new SnapshotTable(VersionedTable.this, new Schema(fields), null);
    }

    @Override
    public Change change(MemoryScope scope) {
      if (appendOnly()) {
        throw VersionErrors.appendOnly(definition.name());
      }
      return new RowChange(store.write(TableSink.INSERT), scope);
    }

    @Override
    public Table at(long number) {
      synchronized (VersionedTable.this) {
        long last = history().last();
        long oldest = history().oldest();
        if (number < 0 || number > last) {
          throw VersionErrors.noSnapshot(definition.name(), Long.toString(number), oldest, last);
        }
        if (number < oldest) {
          throw VersionErrors.expired(definition.name(), number, oldest);
        }
      }
      return new SnapshotTable(VersionedTable.this, schema, new Place(number, 0).toOffset());
    }

    @Override
    public Table at(Instant time) {
      synchronized (VersionedTable.this) {
        long number = history().at(time.toEpochMilli());
        if (number < history().oldest()) {
          throw VersionErrors.expired(definition.name(), time, history().oldest());
        }
        return at(number);
      }
    }

    @Override
    public Table snapshots() {
      return new SnapshotsTable(
          () -> {
            synchronized (VersionedTable.this) {
              return history().last();
            }
          },
          (from, to) -> {
            synchronized (VersionedTable.this) {
              History now = history();
              long first = Math.max(from, Math.max(now.base(), now.oldest() - 1));
              return first < to ? List.copyOf(now.between(first, to)) : List.of();
            }
          });
    }

    @Override
    public long compact(boolean expires, List<Offset> places, MemoryScope scope) {
      SegmentStore.Writing open;
      synchronized (VersionedTable.this) {
        open = sinks;
      }
      if (open != null) {
        return compact(open, expires, places, scope);
      }
      try (SegmentStore.Writing writing = store.write(TableSink.INSERT)) {
        return compact(writing, expires, places, scope);
      }
    }

    private long compact(
        SegmentStore.Writing writing, boolean expires, List<Offset> places, MemoryScope scope) {
      List<Segment> segments;
      boolean removed;
      synchronized (VersionedTable.this) {
        History now = history();
        segments = now.segments(now.last());
        removed = segments.stream().anyMatch(s -> now.deleted(s, now.last()).length > 0);
      }
      if (segments.size() > 1 || removed) {
        rewrite(writing, batch -> null, scope);
      }
      if (expires) {
        expire(writing, places);
      }
      return segments.size();
    }

    @Override
    public void forget(String column, long beforeMicros, List<Offset> places, MemoryScope scope) {
      int place = schema.getFields().stream().map(Field::getName).toList().indexOf(column);
      try (SegmentStore.Writing writing = store.write(TableSink.INSERT)) {
        rewrite(writing, batch -> notBefore(batch, place, beforeMicros), scope);
        expire(writing, places);
      }
    }

    private static Selection notBefore(Batch batch, int column, long micros) {
      int[] kept = new int[batch.rowCount()];
      int count = 0;
      FixedColumn times = (FixedColumn) batch.column(column);
      for (int i = 0; i < batch.rowCount(); i++) {
        int row = batch.row(i);
        if (times.longAt(row) >= micros) {
          kept[count++] = row;
        }
      }
      return new Selection(kept, count);
    }

    /**
     * @param kept of a batch the rows that stay, null for all
     */
    private void rewrite(
        SegmentStore.Writing writing,
        Function<Batch, @Nullable Selection> kept,
        MemoryScope scope) {
      List<String> names = schema.getFields().stream().map(Field::getName).toList();
      List<RowsSplit> splits;
      long number;
      ScanRequest all;
      synchronized (VersionedTable.this) {
        number = nextNumber();
        if (history().rows() > Integer.MAX_VALUE) {
          throw VersionErrors.tooManyRows(definition.name(), history().rows());
        }
        all = new ScanRequest(names, start(), new Place(number - 1, 0).toOffset(), List.of(), -1);
        splits = ranges(all, null);
      }
      try (SegmentStore.SegmentWriter writer = writing.segment(number, false, scope)) {
        for (Split split : splits) {
          try (BatchReader reader = open(split, all, scope)) {
            for (Batch batch = reader.next(); batch != null; batch = reader.next()) {
              try (Batch rows = batch) {
                Selection staying = kept.apply(rows);
                if (staying == null) {
                  writer.write(rows);
                } else {
                  try (Batch rest = rows.select(staying)) {
                    writer.write(rest);
                  }
                }
              }
            }
          }
        }
        Segment whole = writer.finish();
        synchronized (VersionedTable.this) {
          // what was added meanwhile would be left out
          if (nextNumber() == number) {
            commit(writing, new Commit(0, 0, null, 0, whole, null, Deletes.NONE, true));
          }
        }
      }
    }

    /**
     * Where a crash has kept it from removing what had expired, that is removed now. What nobody
     * can read any more is removed first, and only then does the log cease to tell of it.
     */
    private void expire(SegmentStore.Writing writing, List<Offset> places) {
      synchronized (VersionedTable.this) {
        long oldest = history().last() - definition.snapshotsKept() + 1;
        for (Offset place : places) {
          oldest = Math.min(oldest, Place.parse(place).commit());
        }
        for (WeakReference<Pin> pinned : pins) {
          Pin pin = pinned.get();
          oldest = pin == null ? oldest : Math.min(oldest, pin.snapshot());
        }
        if (oldest > history().oldest()) {
          writing.expire(oldest);
        }
        History now = history();
        if (now.oldest() > 0 && oldest >= now.oldest()) {
          writing.remove(now.expired(), now.compaction(now.oldest()));
          Base base = now.newBase();
          if (base.number() > now.base()) {
            writing.begin(
                base,
                List.copyOf(now.between(base.number(), now.last())),
                now.ended(),
                now.oldest());
            now.begin(base);
          }
        }
      }
    }

    @Override
    public boolean appendOnly() {
      return Boolean.TRUE.equals(definition.appendOnly());
    }
  }

  /** Rows that go and come at once. */
  private final class RowChange implements Changeable.Change {
    private final SegmentStore.Writing writing;
    private final MemoryScope scope;
    private final long number;
    private SegmentStore.@Nullable SegmentWriter added;
    private SegmentStore.@Nullable SegmentWriter gone;
    private long[] removed = new long[256];
    private int removedCount;

    RowChange(SegmentStore.Writing writing, MemoryScope scope) {
      this.writing = writing;
      this.scope = scope;
      this.number = nextNumber();
    }

    @Override
    public void remove(Batch rows) {
      if (rows.rowCount() == 0) {
        return;
      }
      SegmentStore.SegmentWriter open = gone;
      if (open == null) {
        open = writing.segment(number, true, scope);
        gone = open;
      }
      if (removed.length < removedCount + rows.rowCount()) {
        int length = Math.max(removed.length * 2, removedCount + rows.rowCount());
        scope.reserveHeap((length - removed.length) * 8L);
        removed = Arrays.copyOf(removed, length);
      }
      for (int i = 0; i < rows.rowCount(); i++) {
        removed[removedCount++] = (Long) value(rows.column(0), rows.row(i));
      }
      List<Column> columns = new ArrayList<>();
      for (int i = 1; i <= schema.getFields().size(); i++) {
        columns.add(rows.column(i).retain());
      }
      try (Batch stored = rows.withColumns(columns)) {
        open.write(stored);
      }
    }

    private static Object value(Column column, int row) {
      Object value = column.value(row);
      if (value == null) {
        throw new IllegalArgumentException("a row without a number");
      }
      return value;
    }

    @Override
    public void insert(Batch rows) {
      if (rows.rowCount() == 0) {
        return;
      }
      checkNotNull(rows);
      SegmentStore.SegmentWriter open = added;
      if (open == null) {
        open = writing.segment(number, false, scope);
        added = open;
      }
      open.write(rows);
    }

    @Override
    public void commit() {
      if (added == null && gone == null) {
        return;
      }
      long[] sorted = Arrays.copyOf(removed, removedCount);
      Arrays.sort(sorted);
      for (int i = 1; i < sorted.length; i++) {
        if (sorted[i] == sorted[i - 1]) {
          throw VersionErrors.changedTwice(definition.name());
        }
      }
      Segment goneRows = gone == null ? null : gone.finish();
      Segment addedRows = added == null ? null : added.finish();
      VersionedTable.this.commit(
          writing, new Commit(0, 0, null, 0, addedRows, goneRows, Deletes.of(sorted), false));
    }

    @Override
    public void close() {
      try {
        if (added != null) {
          added.close();
        }
        if (gone != null) {
          gone.close();
        }
      } finally {
        scope.releaseHeap((removed.length - 256) * 8L);
        writing.close();
      }
    }
  }
}
