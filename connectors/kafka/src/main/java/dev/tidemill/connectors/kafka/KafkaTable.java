package dev.tidemill.connectors.kafka;

import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.storage.files.CountingRejects;
import dev.tidemill.storage.files.FileScan;
import dev.tidemill.storage.files.RecordFormat;
import dev.tidemill.storage.files.RejectHandler;
import dev.tidemill.storage.files.RejectLog;
import dev.tidemill.storage.files.RejectedRow;
import dev.tidemill.storage.files.RejectedTable;
import dev.tidemill.storage.table.Advance;
import dev.tidemill.storage.table.Backlog;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.InputKind;
import dev.tidemill.storage.table.Offset;
import dev.tidemill.storage.table.ScanRequest;
import dev.tidemill.storage.table.SinkMode;
import dev.tidemill.storage.table.Split;
import dev.tidemill.storage.table.Table;
import dev.tidemill.storage.table.TableSink;
import dev.tidemill.storage.table.TableStatistics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The records of a topic, partition by partition; offsets are {@link KafkaOffset}s.
 *
 * <ul>
 *   <li>Only what is committed is read, up to the last stable offset: records of a transaction that
 *       is open, and those behind it, come when it ends.
 *   <li>The rows between two offsets are counted when a step is cut. Where fewer are there when
 *       they are read again, because retention or compaction removed some, that is an error.
 *   <li>Partitions that are added are read from their first record on.
 * </ul>
 */
final class KafkaTable implements Table {
  private static final long MIN_PART_OFFSETS = 1 << 16;

  private final KafkaTableOptions options;
  private final TopicColumns columns;
  private final TopicClient client;
  private final TopicBeginning beginning;
  private final ReadAhead ahead;
  private final RejectHandler rejects;
  private final @Nullable RejectedTable rejected;
  private volatile long[] lastEnds = {};

  /**
   * @param expected how many records there are, or -1
   */
  private record Range(String topic, int number, long from, long to, long expected)
      implements Split {
    @Override
    public long estimatedRows() {
      return expected >= 0 ? expected : to - from;
    }

    @Override
    public String source() {
      return topic + "-" + number;
    }

    @Override
    public String partition() {
      return Integer.toString(number);
    }
  }

  /** {@code 'on_error'='fail'}. */
  private record Failing() implements RejectHandler {
    @Override
    public void reject(RejectedRow row) {
      throw KafkaErrors.malformed(row);
    }

    @Override
    public void flush() {}
  }

  KafkaTable(
      KafkaTableOptions options,
      TopicColumns columns,
      TopicClient client,
      TopicBeginning beginning,
      @Nullable RejectLog rejectLog,
      MemoryScope memory) {
    this.options = options;
    this.columns = columns;
    this.client = client;
    this.beginning = beginning;
    this.ahead = new ReadAhead(client, memory);
    this.rejects = rejectLog == null ? new Failing() : rejectLog;
    this.rejected = rejectLog == null ? null : new RejectedTable(rejectLog, "partition", "offset");
  }

  @Override
  public Schema schema() {
    return columns.schema();
  }

  @Override
  public InputKind inputKind() {
    return options.kind();
  }

  /** As many rows as there are offsets, which is a few more than records. */
  @Override
  public TableStatistics statistics() {
    KafkaOffset from = beginning.current(client);
    long[] ends = client.ends(client.topic().partitions());
    long rows = 0;
    for (int i = 0; i < ends.length; i++) {
      rows += Math.max(0, ends[i] - from.position(i));
    }
    return new TableStatistics(rows, -1, Map.of());
  }

  @Override
  public Offset start() {
    return beginning.current(client).toOffset();
  }

  /**
   * Of a topic that is compacted there may be fewer records than were counted up to the cut, so
   * that the count begins with those that are missing.
   */
  @Override
  public Offset startBefore(Offset cut) {
    KafkaOffset from = beginning.current(client);
    KafkaOffset to = KafkaOffset.parse(cut);
    if (!from.topicId().equals(to.topicId())
        || from.beginning() != to.beginning()
        || !client.mayBeCompacted()) {
      return from.toOffset();
    }
    int partitions = Math.max(from.partitions(), to.partitions());
    long[] first = new long[partitions];
    long[] places = new long[partitions];
    long[] ends = new long[partitions];
    long[] missing = new long[partitions];
    for (int i = 0; i < partitions; i++) {
      first[i] = from.position(i);
      places[i] = first[i];
      ends[i] = Math.max(first[i], to.position(i));
      missing[i] = Math.max(0, to.count(i));
    }
    while (!Arrays.equals(places, ends)) {
      ReadAhead.Cut there = ahead.cut(places, ends, Long.MAX_VALUE);
      places = there.positions();
      for (int i = 0; i < partitions; i++) {
        missing[i] -= there.counts()[i];
      }
    }
    for (int i = 0; i < partitions; i++) {
      missing[i] = Math.max(0, missing[i]);
    }
    return new KafkaOffset(from.topicId(), from.beginning(), first, missing).toOffset();
  }

  /** The counts of records begin where they began then. */
  @Override
  public Offset startAgain(Offset begun) {
    KafkaOffset from = beginning.current(client);
    KafkaOffset then = KafkaOffset.parse(begun);
    return from.topicId().equals(then.topicId()) && from.beginning() == then.beginning()
        ? begun
        : from.toOffset();
  }

  @Override
  public Offset end() {
    KafkaOffset from = beginning.current(client);
    long[] ends = client.ends(client.topic().partitions());
    for (int i = 0; i < ends.length; i++) {
      ends[i] = Math.max(ends[i], from.position(i));
    }
    return KafkaOffset.uncounted(from.topicId(), from.beginning(), ends).toOffset();
  }

  @Override
  public Advance advance(Offset offset, long maxRows) {
    KafkaOffset from = KafkaOffset.parse(offset);
    TopicClient.Topic topic = checkedTopic(from);
    int partitions = Math.max(topic.partitions(), from.partitions());
    long[] places = new long[partitions];
    long[] ends = client.ends(partitions);
    lastEnds = ends.clone();
    boolean more = false;
    for (int i = 0; i < partitions; i++) {
      places[i] = from.position(i);
      if (ends[i] < places[i] && from.count(i) != 0) {
        throw KafkaErrors.shrunk(client.partition(i).toString(), places[i], ends[i]);
      }
      ends[i] = Math.max(ends[i], places[i]);
      more |= ends[i] > places[i];
    }
    if (!more) {
      return new Advance(offset, 0, true, options.kind() != InputKind.GROWING);
    }
    ReadAhead.Cut cut = ahead.cut(places, ends, maxRows);
    long rows = 0;
    long[] counts = new long[partitions];
    for (int i = 0; i < partitions; i++) {
      rows += cut.counts()[i];
      counts[i] = from.count(i) < 0 ? -1 : from.count(i) + cut.counts()[i];
    }
    boolean caughtUp = Arrays.equals(cut.positions(), ends);
    return new Advance(
        new KafkaOffset(from.topicId(), from.beginning(), cut.positions(), counts).toOffset(),
        rows,
        caughtUp,
        caughtUp && options.kind() != InputKind.GROWING);
  }

  /** As many rows as there were offsets when a step was last cut. */
  @Override
  public Backlog backlog(Offset from) {
    KafkaOffset place = KafkaOffset.parse(from);
    long[] ends = lastEnds;
    long rows = 0;
    for (int i = 0; i < ends.length; i++) {
      rows += Math.max(0, ends[i] - place.position(i));
    }
    return Backlog.ofRows(rows);
  }

  /** The topic, if it is still the one of an offset. */
  private TopicClient.Topic checkedTopic(KafkaOffset offset) {
    TopicClient.Topic topic = client.topic();
    if (!topic.id().equals(offset.topicId())) {
      throw KafkaErrors.replaced(options.connection().topic());
    }
    return topic;
  }

  @Override
  public void requireWhole(Offset to) {
    KafkaOffset taken = KafkaOffset.parse(to);
    checkedTopic(taken);
    KafkaOffset from = beginning.current(client);
    if (from.beginning() != taken.beginning()) {
      for (int i = 0; i < from.partitions(); i++) {
        if (from.position(i) > 0) {
          throw KafkaErrors.recordsRemoved(client.partition(i).toString(), 0, from.position(i));
        }
      }
    }
  }

  @Override
  public List<String> partitions(Offset to) {
    return IntStream.range(0, KafkaOffset.parse(to).partitions())
        .mapToObj(Integer::toString)
        .toList();
  }

  @Override
  public List<Split> splits(ScanRequest request) {
    return splits(request, 1);
  }

  @Override
  public List<Split> splits(ScanRequest request, int parts) {
    KafkaOffset from = KafkaOffset.parse(request.from());
    KafkaOffset to = KafkaOffset.parse(request.to());
    if (!from.topicId().equals(to.topicId())) {
      throw KafkaErrors.replaced(options.connection().topic());
    }
    checkedTopic(to);
    long all = 0;
    for (int i = 0; i < to.partitions(); i++) {
      all += Math.max(0, to.position(i) - from.position(i));
    }
    long size = Math.max(MIN_PART_OFFSETS, all / Math.max(1, parts) + 1);
    List<Split> splits = new ArrayList<>();
    for (int i = 0; i < to.partitions(); i++) {
      addSplits(splits, i, from, to, parts == 1 ? Long.MAX_VALUE : size);
    }
    return splits;
  }

  private void addSplits(
      List<Split> splits, int partition, KafkaOffset from, KafkaOffset to, long size) {
    String topic = options.connection().topic();
    long first = from.position(partition);
    long last = to.position(partition);
    long expected = from.countTo(to, partition);
    if (expected >= 0 || last - first <= size) {
      if (first < last) {
        splits.add(new Range(topic, partition, first, last, expected));
      }
      return;
    }
    while (first < last) {
      long end = last - first <= size ? last : first + size;
      splits.add(new Range(topic, partition, first, end, -1));
      first = end;
    }
  }

  @Override
  public BatchReader open(Split split, ScanRequest request, MemoryScope scope) {
    Range range = (Range) split;
    List<@Nullable MetadataColumn> wanted = new ArrayList<>();
    List<String> values = new ArrayList<>();
    for (String name : request.columns()) {
      MetadataColumn metadata = columns.metadata(name);
      wanted.add(metadata);
      if (metadata == null) {
        values.add(name);
      }
    }
    boolean hasMetadata = values.size() < wanted.size();
    TopicRecords records =
        new TopicRecords(
            reader(range, scope), range.from(), range.to(), range.expected(), hasMetadata);
    CountingRejects counting = new CountingRejects(rejects);
    RecordFormat format = options.format();
    BatchReader rows =
        format.open(
            records,
            new FileScan(columns.values(), values, List.of(), request.limit(), counting),
            scope);
    if (hasMetadata) {
      rows = new MetadataReader(rows, records, wanted, columns, scope);
    }
    return counting.counted(rows);
  }

  private PartitionReader reader(Range range, MemoryScope scope) {
    List<ConsumerRecord<byte[], byte[]>> there =
        ahead.records(range.number(), range.from(), range.to());
    return there == null
        ? new PartitionReader(client, range.number(), range.from(), range.to(), scope)
        : new PartitionReader(client, range.number(), range.from(), range.to(), there, scope);
  }

  @Override
  public @Nullable Table rejected() {
    return rejected;
  }

  @Override
  public Set<SinkMode> sinkModes() {
    return options.sinkModes();
  }

  @Override
  public List<String> upsertKey() {
    return columns.key();
  }

  @Override
  public TableSink sink(String writer) {
    return new KafkaSink(options, columns, client, writer);
  }
}
