import dev.tidemill.storage.nexmark.PeerEvents;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.api.TableDescriptor;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.data.binary.BinaryStringData;
import org.apache.flink.table.functions.ScalarFunction;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.util.Collector;

/**
 * Flink in this process. A request is a line {@code name TAB file of the SELECT TAB events TAB slots
 * TAB directory for checkpoints}; the answer is {@code ok TAB milliseconds TAB CPU seconds}, from the
 * first event made to the end of the job, or {@code error TAB why}.
 *
 * <p>The events are the very same. The numbers of events are the source; of a number each table's
 * operator makes its row, chained to the source, texts without a copy, columns that the query does
 * not name as NULL. Object reuse; mini-batches of 200 ms or 50,000 rows; state on the heap; a
 * checkpoint each ten seconds; Flink's own blackhole as the sink.
 */
public final class FlinkPeer {
  private static final AtomicLong FIRST_EVENT = new AtomicLong();
  private static final Pattern WINDOW = Pattern.compile("(FROM )((?:TUMBLE|HOP|SESSION)\\()");

  private FlinkPeer() {}

  public static void main(String[] arguments) throws Exception {
    PrintStream out = System.out;
    System.setOut(System.err);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String answer;
      try {
        String[] fields = line.split("\t");
        answer =
            run(
                fields[0],
                Files.readString(Path.of(fields[1])),
                Long.parseLong(fields[2]),
                Integer.parseInt(fields[3]),
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
  }

  private static String run(String name, String query, long events, int slots, String directory)
      throws Exception {
    Configuration settings = new Configuration();
    settings.setString("pipeline.object-reuse", "true");
    settings.setString("execution.checkpointing.interval", "10 s");
    settings.setString("execution.checkpointing.dir", "file://" + directory + "/checkpoints");
    settings.setString("state.backend.type", "hashmap");
    settings.setString("table.exec.mini-batch.enabled", "true");
    settings.setString("table.exec.mini-batch.allow-latency", "200 ms");
    settings.setString("table.exec.mini-batch.size", "50000");
    settings.setString("table.local-time-zone", "UTC");
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.createLocalEnvironment(slots, settings);
    StreamTableEnvironment tables = StreamTableEnvironment.create(environment);
    DataStream<Long> numbers =
        environment.fromSource(
            new NumberSequenceSource(0, events - 1), WatermarkStrategy.noWatermarks(), "events");
    for (Kind kind : Kind.values()) {
      if (Pattern.compile("\\b" + kind.table + "\\b").matcher(query).find()) {
        define(tables, numbers, kind, query, events, slots);
      }
    }
    tables.createTemporarySystemFunction("SIDE_TEXT", SideText.class);
    FIRST_EVENT.set(0);
    long cpu = cpuNanos();
    tables
        .sqlQuery(translated(name, query))
        .insertInto(TableDescriptor.forConnector("blackhole").build())
        .execute()
        .await();
    double millis = (System.nanoTime() - FIRST_EVENT.get()) / 1e6;
    return "ok\t" + millis + "\t" + (cpuNanos() - cpu) / 1e9;
  }

  private static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean)
            ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  /** The query in Flink's words. */
  private static String translated(String name, String query) {
    String sql = query;
    Matcher window = WINDOW.matcher(sql);
    while (window.find()) {
      int open = 0;
      int end = window.end() - 1;
      do {
        open += sql.charAt(end) == '(' ? 1 : sql.charAt(end) == ')' ? -1 : 0;
        end++;
      } while (open > 0);
      sql =
          sql.substring(0, window.start(2))
              + "TABLE("
              + sql.substring(window.start(2), end)
              + ")"
              + sql.substring(end);
      window = WINDOW.matcher(sql);
      window.region(end, sql.length());
    }
    for (String reserved : new String[] {"dateTime", "day", "minute", "final", "last", "text"}) {
      sql = sql.replaceAll("(?<!')\\b" + reserved + "\\b(?!')", "`" + reserved + "`");
    }
    if (name.equals("q13")) {
      return "SELECT auction, bidder, price, `dateTime`, SIDE_TEXT(MOD(auction, 10000)) AS side FROM bid";
    }
    if (name.equals("q22")) {
      sql =
          sql.replace("SPLIT_PART(url, '/', 4)", "SPLIT_INDEX(url, '/', 3)")
              .replace("SPLIT_PART(url, '/', 5)", "SPLIT_INDEX(url, '/', 4)")
              .replace("SPLIT_PART(url, '/', 6)", "SPLIT_INDEX(url, '/', 5)");
    }
    return sql;
  }

  /** What a lookup in the side input costs at least. */
  public static final class SideText extends ScalarFunction {
    private transient Map<Long, String> texts;

    public String eval(Long key) {
      if (texts == null) {
        texts = new java.util.HashMap<>();
        for (long i = 0; i < 10_000; i++) {
          texts.put(i, Long.toString(i));
        }
      }
      return texts.get(key);
    }
  }

  private enum Kind {
    PERSON(
        "person",
        "id BIGINT, name STRING, city STRING, state STRING, dateTime TIMESTAMP(3)"),
    AUCTION(
        "auction",
        "id BIGINT, itemName STRING, description STRING, initialBid BIGINT, reserve BIGINT,"
            + " dateTime TIMESTAMP(3), expires TIMESTAMP(3), seller BIGINT, category BIGINT,"
            + " extra STRING"),
    BID(
        "bid",
        "auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING,"
            + " dateTime TIMESTAMP(3), extra STRING");

    final String table;
    final String[] columns;

    Kind(String table, String columns) {
      this.table = table;
      this.columns = columns.split(", *(?![^(]*\\))");
    }
  }

  private static void define(
      StreamTableEnvironment tables,
      DataStream<Long> numbers,
      Kind kind,
      String query,
      long events,
      int slots) {
    Schema.Builder schema = Schema.newBuilder();
    DataTypes.Field[] fields = new DataTypes.Field[kind.columns.length];
    boolean[] read = new boolean[fields.length];
    for (int i = 0; i < fields.length; i++) {
      String column = kind.columns[i].substring(0, kind.columns[i].indexOf(' '));
      String type = kind.columns[i].substring(column.length() + 1);
      schema.column(column, type);
      fields[i] =
          DataTypes.FIELD(
              column,
              type.equals("BIGINT")
                  ? DataTypes.BIGINT()
                  : type.equals("STRING") ? DataTypes.STRING() : DataTypes.TIMESTAMP(3));
      read[i] = query.contains(column) || query.contains("*,");
    }
    if (kind == Kind.BID) {
      schema.columnByExpression("processed", "PROCTIME()");
    }
    schema.watermark("dateTime", "`dateTime` - INTERVAL '4' SECOND");
    RowType row = (RowType) DataTypes.ROW(fields).getLogicalType();
    tables.createTemporaryView(
        kind.table,
        numbers
            .flatMap(new Rows(kind, read, events, slots))
            .returns(InternalTypeInfo.of(row))
            .name(kind.table),
        schema.build());
  }

  /** Makes the rows of one kind; slots take events in turn, so that time goes on evenly. */
  private static final class Rows extends RichFlatMapFunction<Long, RowData> {
    private final Kind kind;
    private final boolean[] read;
    private final long events;
    private final int slots;
    private transient PeerEvents values;

    Rows(Kind kind, boolean[] read, long events, int slots) {
      this.kind = kind;
      this.read = read;
      this.events = events;
      this.slots = slots;
    }

    @Override
    public void open(OpenContext context) {
      values = new PeerEvents();
    }

    @Override
    public void flatMap(Long number, Collector<RowData> out) {
      if (FIRST_EVENT.get() == 0) {
        FIRST_EVENT.compareAndSet(0, System.nanoTime());
      }
      long each = events / slots;
      long event =
          number >= each * slots ? number : number % each * slots + number / each;
      switch (kind) {
        case PERSON:
          if (PeerEvents.isPerson(event)) {
            out.collect(person(event));
          }
          break;
        case AUCTION:
          if (PeerEvents.isAuction(event)) {
            out.collect(auction(event));
          }
          break;
        case BID:
          if (PeerEvents.isBid(event)) {
            out.collect(bid(event));
          }
          break;
      }
    }

    private RowData person(long event) {
      GenericRowData row = new GenericRowData(read.length);
      row.setField(0, values.personId(event));
      row.setField(1, read[1] ? text(values.personName(event)) : null);
      row.setField(2, read[2] ? text(values.city(event)) : null);
      row.setField(3, read[3] ? text(values.state(event)) : null);
      row.setField(4, time(values.millis(event)));
      return row;
    }

    private RowData auction(long event) {
      GenericRowData row = new GenericRowData(read.length);
      row.setField(0, values.auctionId(event));
      row.setField(1, read[1] ? piece(values.itemName(event)) : null);
      row.setField(2, read[2] ? piece(values.description(event)) : null);
      row.setField(3, read[3] ? values.initialBid(event) : null);
      row.setField(4, read[4] ? values.reserve(event) : null);
      row.setField(5, time(values.millis(event)));
      row.setField(6, read[6] ? time(values.expires(event)) : null);
      row.setField(7, read[7] ? values.seller(event) : null);
      row.setField(8, read[8] ? values.category(event) : null);
      row.setField(9, read[9] ? piece(values.auctionExtra(event)) : null);
      return row;
    }

    private RowData bid(long event) {
      GenericRowData row = new GenericRowData(read.length);
      row.setField(0, read[0] ? values.bidAuction(event) : null);
      row.setField(1, read[1] ? values.bidder(event) : null);
      row.setField(2, read[2] ? values.price(event) : null);
      row.setField(3, read[3] ? text(values.channel(event)) : null);
      row.setField(4, read[4] ? text(values.url(event)) : null);
      row.setField(5, time(values.millis(event)));
      row.setField(6, read[6] ? piece(values.bidExtra(event)) : null);
      return row;
    }

    private static TimestampData time(long millis) {
      return TimestampData.fromEpochMillis(millis);
    }

    private static StringData text(byte[] bytes) {
      return BinaryStringData.fromBytes(bytes);
    }

    private StringData piece(long piece) {
      return BinaryStringData.fromBytes(values.letters(), (int) (piece >> 32), (int) piece);
    }
  }
}
