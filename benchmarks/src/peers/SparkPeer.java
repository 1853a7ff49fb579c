import dev.tidemill.storage.nexmark.PeerEvents;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.connector.catalog.SupportsRead;
import org.apache.spark.sql.connector.catalog.Table;
import org.apache.spark.sql.connector.catalog.TableCapability;
import org.apache.spark.sql.connector.catalog.TableProvider;
import org.apache.spark.sql.connector.expressions.Transform;
import org.apache.spark.sql.connector.read.InputPartition;
import org.apache.spark.sql.connector.read.PartitionReader;
import org.apache.spark.sql.connector.read.PartitionReaderFactory;
import org.apache.spark.sql.connector.read.Scan;
import org.apache.spark.sql.connector.read.ScanBuilder;
import org.apache.spark.sql.connector.read.SupportsPushDownRequiredColumns;
import org.apache.spark.sql.connector.read.streaming.MicroBatchStream;
import org.apache.spark.sql.connector.read.streaming.Offset;
import org.apache.spark.sql.connector.read.streaming.ReadLimit;
import org.apache.spark.sql.connector.read.streaming.SupportsTriggerAvailableNow;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.Trigger;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Spark Structured Streaming in this process, with the protocol of {@code FlinkPeer}.
 *
 * <p>The events are the very same, made by a source of its own (columns that a query does not ask
 * for are not made), in micro-batches of 50,000; as many tasks as slots, as many shuffle partitions;
 * its own state store and checkpoint of each micro-batch; its {@code noop} sink. APPEND where a query
 * is legal in it, else UPDATE.
 */
public final class SparkPeer {
  private static final AtomicLong FIRST_EVENT = new AtomicLong();
  private static final long ROWS_PER_BATCH = 50_000;

  /** Queries with windows, in Spark's words. */
  private static final Map<String, String> QUERIES =
      Map.of(
          "q5",
          "SELECT c.auction, c.num FROM (SELECT window, auction, COUNT(*) AS num FROM bid"
              + " GROUP BY window(dateTime, '10 seconds', '2 seconds'), auction) AS c JOIN (SELECT"
              + " window(window, '2 seconds').start AS s, window(window, '2 seconds').end AS e,"
              + " MAX(num) AS most FROM (SELECT window, auction, COUNT(*) AS num FROM bid"
              + " GROUP BY window(dateTime, '10 seconds', '2 seconds'), auction)"
              + " GROUP BY window(window, '2 seconds')) AS h ON c.window.end = h.e AND c.num >= h.most",
          "q7",
          "SELECT b.auction, b.price, b.bidder, b.dateTime, b.extra FROM bid AS b JOIN (SELECT"
              + " MAX(price) AS highest, window.start AS window_start, window.end AS window_end"
              + " FROM bid GROUP BY window(dateTime, '10 seconds')) AS w ON b.price = w.highest"
              + " AND b.dateTime >= w.window_start AND b.dateTime < w.window_end",
          "q8",
          "SELECT p.id, p.name, p.window.start FROM (SELECT id, name, window FROM person"
              + " GROUP BY id, name, window(dateTime, '10 seconds')) AS p JOIN (SELECT seller, window"
              + " FROM auction GROUP BY seller, window(dateTime, '10 seconds')) AS a"
              + " ON p.id = a.seller AND p.window = a.window",
          "q11",
          "SELECT bidder, COUNT(*) AS bids, session_window.start, session_window.end FROM bid"
              + " GROUP BY bidder, session_window(dateTime, '10 seconds')",
          "q12",
          "SELECT bidder, COUNT(*) AS bids, window.start, window.end FROM (SELECT *,"
              + " current_timestamp() AS processed FROM bid)"
              + " GROUP BY bidder, window(processed, '10 seconds')");

  private SparkPeer() {}

  public static void main(String[] arguments) throws Exception {
    PrintStream out = System.out;
    System.setOut(System.err);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    SparkSession spark = null;
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String answer;
      try {
        String[] fields = line.split("\t");
        int slots = Integer.parseInt(fields[3]);
        if (spark == null) {
          spark = session(slots, fields[4]);
        }
        answer =
            run(
                spark,
                fields[0],
                Files.readString(Path.of(fields[1])),
                Long.parseLong(fields[2]),
                slots,
                fields[4]);
      } catch (Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
          cause = cause.getCause();
        }
        answer =
            "error\t" + String.valueOf(cause.getMessage()).lines().findFirst().orElse("").strip();
      }
      out.println(answer);
      out.flush();
    }
    if (spark != null) {
      spark.stop();
    }
  }

  private static SparkSession session(int slots, String directory) {
    SparkSession spark =
        SparkSession.builder()
            .master("local[" + slots + "]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.sql.shuffle.partitions", slots)
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.ansi.enabled", "true")
            .config("spark.sql.warehouse.dir", directory + "/warehouse")
            .getOrCreate();
    spark.sparkContext().setLogLevel("ERROR");
    return spark;
  }

  private static String run(
      SparkSession spark, String name, String query, long events, int slots, String directory)
      throws Exception {
    String sql = QUERIES.getOrDefault(name, query).strip();
    sql = sql.endsWith(";") ? sql.substring(0, sql.length() - 1) : sql;
    for (Kind kind : Kind.values()) {
      Dataset<Row> rows =
          spark
              .readStream()
              .format(Events.class.getName())
              .option("kind", kind.name())
              .option("events", events)
              .option("slots", slots)
              .load();
      boolean isTimed = QUERIES.containsKey(name) && !name.equals("q12");
      (isTimed ? rows.withWatermark("dateTime", "4 seconds") : rows)
          .createOrReplaceTempView(kind.table);
    }
    spark
        .range(10_000)
        .selectExpr("id AS key", "CAST(id AS STRING) AS text")
        .createOrReplaceTempView("side_input");
    FIRST_EVENT.set(0);
    long cpu = cpuNanos();
    try {
      run(spark.sql(sql), "append", directory);
    } catch (AnalysisException e) {
      run(spark.sql(sql), "update", directory);
    }
    double millis = (System.nanoTime() - FIRST_EVENT.get()) / 1e6;
    return "ok\t" + millis + "\t" + (cpuNanos() - cpu) / 1e9;
  }

  private static void run(Dataset<Row> result, String mode, String directory) throws Exception {
    Path checkpoints = Files.createTempDirectory(Path.of(directory), "checkpoints");
    StreamingQuery running =
        result
            .writeStream()
            .format("noop")
            .outputMode(mode)
            .trigger(Trigger.AvailableNow())
            .option("checkpointLocation", checkpoints.toUri().toString())
            .start();
    running.awaitTermination();
  }

  private static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean)
            ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private enum Kind {
    PERSON("person", "id BIGINT, name STRING, city STRING, state STRING, dateTime TIMESTAMP"),
    AUCTION(
        "auction",
        "id BIGINT, itemName STRING, description STRING, initialBid BIGINT, reserve BIGINT,"
            + " dateTime TIMESTAMP, expires TIMESTAMP, seller BIGINT, category BIGINT, extra STRING"),
    BID(
        "bid",
        "auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, dateTime TIMESTAMP,"
            + " extra STRING");

    final String table;
    final StructType schema;

    Kind(String table, String columns) {
      this.table = table;
      this.schema = StructType.fromDDL(columns);
    }

    boolean is(long event) {
      switch (this) {
        case PERSON:
          return PeerEvents.isPerson(event);
        case AUCTION:
          return PeerEvents.isAuction(event);
        default:
          return PeerEvents.isBid(event);
      }
    }
  }

  /** The source of one kind of events. */
  public static final class Events implements TableProvider {
    @Override
    public StructType inferSchema(CaseInsensitiveStringMap options) {
      return Kind.valueOf(options.get("kind")).schema;
    }

    @Override
    public Table getTable(StructType schema, Transform[] partitioning, Map<String, String> values) {
      CaseInsensitiveStringMap options = new CaseInsensitiveStringMap(values);
      return new EventTable(
          Kind.valueOf(options.get("kind")),
          options.getLong("events", 0),
          options.getInt("slots", 1));
    }
  }

  private static final class EventTable implements SupportsRead {
    private final Kind kind;
    private final long events;
    private final int slots;

    EventTable(Kind kind, long events, int slots) {
      this.kind = kind;
      this.events = events;
      this.slots = slots;
    }

    @Override
    public String name() {
      return kind.table;
    }

    @Override
    @Deprecated
    public StructType schema() {
      return kind.schema;
    }

    @Override
    public Set<TableCapability> capabilities() {
      return Set.of(TableCapability.MICRO_BATCH_READ);
    }

    @Override
    public ScanBuilder newScanBuilder(CaseInsensitiveStringMap options) {
      return new EventScan(this);
    }
  }

  private static final class EventScan implements SupportsPushDownRequiredColumns, Scan {
    private final EventTable table;
    private StructType wanted;

    EventScan(EventTable table) {
      this.table = table;
      this.wanted = table.kind.schema;
    }

    @Override
    public void pruneColumns(StructType required) {
      wanted = required;
    }

    @Override
    public Scan build() {
      return this;
    }

    @Override
    public StructType readSchema() {
      return wanted;
    }

    @Override
    public MicroBatchStream toMicroBatchStream(String checkpoint) {
      return new EventStream(table, wanted.fieldNames());
    }
  }

  private static final class Place extends Offset {
    private final long event;

    Place(long event) {
      this.event = event;
    }

    @Override
    public String json() {
      return Long.toString(event);
    }
  }

  private static final class EventStream implements MicroBatchStream, SupportsTriggerAvailableNow {
    private final EventTable table;
    private final String[] columns;

    EventStream(EventTable table, String[] columns) {
      this.table = table;
      this.columns = columns;
    }

    @Override
    public Offset initialOffset() {
      return new Place(0);
    }

    @Override
    public ReadLimit getDefaultReadLimit() {
      return ReadLimit.maxRows(ROWS_PER_BATCH);
    }

    @Override
    public void prepareForTriggerAvailableNow() {}

    @Override
    public Offset latestOffset(Offset from, ReadLimit limit) {
      return new Place(Math.min(table.events, ((Place) from).event + ROWS_PER_BATCH));
    }

    @Override
    public Offset latestOffset() {
      return new Place(table.events);
    }

    @Override
    public InputPartition[] planInputPartitions(Offset from, Offset to) {
      List<InputPartition> partitions = new ArrayList<>();
      for (int slot = 0; slot < table.slots; slot++) {
        partitions.add(
            new EventPartition(
                table.kind,
                columns,
                ((Place) from).event + slot,
                ((Place) to).event,
                table.slots));
      }
      return partitions.toArray(new InputPartition[0]);
    }

    @Override
    public PartitionReaderFactory createReaderFactory() {
      return new EventReaders();
    }

    @Override
    public Offset deserializeOffset(String json) {
      return new Place(Long.parseLong(json));
    }

    @Override
    public void commit(Offset end) {}

    @Override
    public void stop() {}
  }

  private record EventPartition(Kind kind, String[] columns, long from, long to, int step)
      implements InputPartition {}

  private static final class EventReaders implements PartitionReaderFactory {
    @Override
    public PartitionReader<InternalRow> createReader(InputPartition partition) {
      return new EventReader((EventPartition) partition);
    }
  }

  private static final class EventReader implements PartitionReader<InternalRow> {
    private final EventPartition partition;
    private final PeerEvents values = new PeerEvents();
    private final GenericInternalRow row;
    private long event;

    EventReader(EventPartition partition) {
      this.partition = partition;
      this.row = new GenericInternalRow(partition.columns.length);
      this.event = partition.from - partition.step;
      FIRST_EVENT.compareAndSet(0, System.nanoTime());
    }

    @Override
    public boolean next() {
      do {
        event += partition.step;
      } while (event < partition.to && !partition.kind.is(event));
      return event < partition.to;
    }

    @Override
    public InternalRow get() {
      for (int i = 0; i < partition.columns.length; i++) {
        row.update(i, value(partition.columns[i]));
      }
      return row;
    }

    private Object value(String column) {
      if (column.equals("dateTime")) {
        return values.millis(event) * 1000;
      }
      switch (partition.kind) {
        case PERSON:
          switch (column) {
            case "id":
              return values.personId(event);
            case "name":
              return UTF8String.fromBytes(values.personName(event));
            case "city":
              return UTF8String.fromBytes(values.city(event));
            default:
              return UTF8String.fromBytes(values.state(event));
          }
        case AUCTION:
          switch (column) {
            case "id":
              return values.auctionId(event);
            case "itemName":
              return piece(values.itemName(event));
            case "description":
              return piece(values.description(event));
            case "initialBid":
              return values.initialBid(event);
            case "reserve":
              return values.reserve(event);
            case "expires":
              return values.expires(event) * 1000;
            case "seller":
              return values.seller(event);
            case "category":
              return values.category(event);
            default:
              return piece(values.auctionExtra(event));
          }
        default:
          switch (column) {
            case "auction":
              return values.bidAuction(event);
            case "bidder":
              return values.bidder(event);
            case "price":
              return values.price(event);
            case "channel":
              return UTF8String.fromBytes(values.channel(event));
            case "url":
              return UTF8String.fromBytes(values.url(event));
            default:
              return piece(values.bidExtra(event));
          }
      }
    }

    private UTF8String piece(long piece) {
      return UTF8String.fromBytes(values.letters(), (int) (piece >> 32), (int) piece);
    }

    @Override
    public void close() {}
  }
}
