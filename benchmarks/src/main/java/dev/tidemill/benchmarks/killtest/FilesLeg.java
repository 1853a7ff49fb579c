package dev.tidemill.benchmarks.killtest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Files to files: orders (JSON), payments (CSV) and a log of clicks that grows, with a table of the
 * database whose rows change; kept results, standing queries over them, sinks in all three modes,
 * and a standing query that reads what another writes; queries with their state on disk, and some
 * that are replaced while they run ({@link Successions}).
 */
final class FilesLeg implements Leg {
  private static final int CUSTOMERS = 40;

  private final Path directory;
  private final Random random;
  private final RemoteTables remote;
  private long orders;
  private long files;
  private long rows;

  /**
   * @param remote what goes to systems outside and comes from there
   */
  FilesLeg(Path directory, long seed, RemoteTables remote) {
    this.directory = directory;
    this.random = new Random(seed);
    this.remote = remote;
    try {
      Files.createDirectories(directory.resolve("in/orders"));
      Files.createDirectories(directory.resolve("in/payments"));
      Files.createDirectories(directory.resolve("in/clicks"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String name() {
    return "file to file";
  }

  @Override
  public List<String> script() {
    List<String> all = new ArrayList<>(local());
    all.addAll(remote.script());
    return all;
  }

  private static List<String> local() {
    return List.of(
        source("orders", "json", "")
            .formatted(
                "id BIGINT NOT NULL, customer BIGINT, amount DECIMAL(18, 2), ts TIMESTAMP(3),"
                    + " WATERMARK FOR ts AS ts - INTERVAL '5' SECOND"),
        source("payments", "csv", "").formatted("order_id BIGINT, paid DECIMAL(18, 2)"),
        source("clicks", "json", ", 'growing' = 'true'").formatted("customer BIGINT, page VARCHAR"),
        Accounts.TABLE,
        sink("big", "json", "id BIGINT NOT NULL, customer BIGINT"),
        sink("paid", "parquet", "id BIGINT, customer BIGINT, paid DECIMAL(18, 2)"),
        sink("totals", "csv", "customer BIGINT, n BIGINT, amount DECIMAL(38, 2)"),
        sink("pages", "json", "page VARCHAR, n BIGINT, customers BIGINT"),
        sink("minutes", "json", "window_start TIMESTAMP(3), customer BIGINT, n BIGINT"),
        sink("held", "parquet", "customer BIGINT, balance DECIMAL(38, 0), n BIGINT"),
        sink(
            "merged",
            "json",
            "id BIGINT NOT NULL, customer BIGINT, part BIGINT",
            ", 'partitioned_by' = 'part', 'min_file_size' = '4kB', 'max_wait' = '2s'"),
        sink("matched", "json", "customer BIGINT, n BIGINT, paid DECIMAL(38, 2)"),
        changes("matched", "json", "customer BIGINT, n BIGINT, paid DECIMAL(38, 2)"),
        changes("totals", "csv", "customer BIGINT, n BIGINT, amount DECIMAL(38, 2)"),
        changes("held", "parquet", "customer BIGINT, balance DECIMAL(38, 0), n BIGINT"),
        "CREATE STANDING QUERY q_big INTO big OUTPUT MODE APPEND AS " + BIG,
        "CREATE STANDING QUERY q_merged INTO merged OUTPUT MODE APPEND AS " + MERGED,
        "CREATE STANDING QUERY q_paid INTO paid OUTPUT MODE APPEND AS " + PAID,
        "CREATE STANDING QUERY q_totals INTO totals OUTPUT MODE UPDATE AS " + TOTALS,
        "CREATE STANDING QUERY q_pages INTO pages OUTPUT MODE COMPLETE AS " + PAGES,
        "CREATE STANDING QUERY q_minutes INTO minutes OUTPUT MODE APPEND AS " + MINUTES,
        "CREATE STANDING QUERY q_held INTO held OUTPUT MODE UPDATE AS " + HELD,
        "CREATE STANDING QUERY by_customer OUTPUT MODE UPDATE AS " + BY_CUSTOMER,
        "CREATE STANDING QUERY counts OUTPUT MODE COMPLETE AS " + COUNTS.formatted("by_customer"),
        "CREATE STANDING QUERY newest OUTPUT MODE UPDATE TRIGGER EVERY INTERVAL '1' SECOND AS "
            + NEWEST,
        "CREATE STANDING QUERY balances OUTPUT MODE UPDATE AS " + BALANCES,
        "CREATE STANDING QUERY relayed OUTPUT MODE UPDATE AS " + RELAYED,
        "CREATE STANDING QUERY copied OUTPUT MODE APPEND AS " + BIG,
        "SET state = disk",
        "CREATE STANDING QUERY q_matched INTO matched OUTPUT MODE UPDATE AS " + MATCHED,
        "CREATE STANDING QUERY on_disk OUTPUT MODE UPDATE AS " + BY_ORDER,
        "SET state = auto",
        Successions.SINK,
        Successions.CHANGES);
  }

  private static final String BIG = "SELECT id, customer FROM orders WHERE amount > 50";
  private static final String MERGED = "SELECT id, customer, MOD(id, 3) AS part FROM orders";
  private static final String PAID =
      "SELECT o.id, o.customer, p.paid FROM orders o JOIN payments p ON o.id = p.order_id";
  private static final String TOTALS =
      "SELECT customer, COUNT(*) AS n, SUM(amount) AS amount FROM orders GROUP BY customer";
  private static final String PAGES =
      "SELECT page, COUNT(*) AS n, COUNT(DISTINCT customer) AS customers FROM clicks GROUP BY page";
  private static final String MINUTES =
      "SELECT window_start, customer, COUNT(*) AS n FROM TUMBLE(TABLE orders, DESCRIPTOR(ts),"
          + " INTERVAL '1' MINUTE) GROUP BY window_start, customer";
  private static final String HELD =
      "SELECT o.customer, SUM(a.balance) AS balance, COUNT(*) AS n FROM orders o JOIN account a"
          + " ON MOD(a.id, 40) = o.customer AND o.amount > 90 GROUP BY o.customer";
  private static final String BY_CUSTOMER =
      "SELECT o.customer, COUNT(*) AS n, SUM(p.paid) AS paid FROM orders o LEFT JOIN payments p"
          + " ON o.id = p.order_id GROUP BY o.customer";
  private static final String MATCHED =
      "SELECT o.customer, COUNT(*) AS n, SUM(p.paid) AS paid FROM orders o JOIN payments p"
          + " ON o.id = p.order_id GROUP BY o.customer";
  private static final String BY_ORDER =
      "SELECT order_id, COUNT(*) AS n, SUM(paid) AS paid FROM payments GROUP BY order_id";
  private static final String COUNTS =
      "SELECT MOD(n, 7) AS m, COUNT(*) AS c FROM %s GROUP BY MOD(n, 7)";
  private static final String NEWEST =
      "SELECT customer, id, amount FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY customer"
          + " ORDER BY ts DESC, id DESC) AS r FROM orders) WHERE r <= 2";
  private static final String BALANCES =
      "SELECT MOD(id, 10) AS g, COUNT(*) AS n, SUM(balance) AS s, MAX(balance) AS m FROM account"
          + " GROUP BY MOD(id, 10)";
  private static final String RELAYED =
      "SELECT customer, COUNT(*) AS n, MAX(id) AS last FROM big GROUP BY customer";

  private static String source(String name, String format, String more) {
    return ("CREATE TABLE IF NOT EXISTS "
            + name
            + " (%s) WITH ('connector' = 'files', 'path' = 'in/")
        + name
        + "', 'format' = '"
        + format
        + "'"
        + (format.equals("csv") ? ", 'header' = 'false'" : "")
        + more
        + ")";
  }

  private static String sink(String name, String format, String columns) {
    return sink(name, format, columns, "");
  }

  private static String sink(String name, String format, String columns, String more) {
    return "CREATE TABLE IF NOT EXISTS %s (%s) WITH ('connector' = 'files', 'path' = 'out/%s', 'format' = '%s'%s)"
        .formatted(name, columns, name, format, more);
  }

  /** The changelog that a sink is, as rows. */
  private static String changes(String name, String format, String columns) {
    return "CREATE TABLE IF NOT EXISTS %s_changes (%s, op VARCHAR, step BIGINT) WITH ('connector' = 'files', 'path' = 'out/%s', 'format' = '%s')"
        .formatted(name, columns, name, format);
  }

  @Override
  public List<Check> checks() {
    List<Check> all = new ArrayList<>(localChecks());
    all.addAll(remote.checks());
    return all;
  }

  private static List<Check> localChecks() {
    return List.of(
        new Check("files, APPEND", "SELECT * FROM big", BIG),
        new Check("files merged, APPEND", "SELECT * FROM merged", MERGED),
        new Check("files, APPEND over a join", "SELECT * FROM paid", PAID),
        new Check("files, UPDATE", last("totals", "customer, n, amount"), TOTALS),
        new Check("files, UPDATE: a change a key and step", twice("totals"), NOTHING),
        new Check("files, COMPLETE", "SELECT * FROM pages", PAGES),
        new Check(
            "files, APPEND of windows",
            "SELECT * FROM minutes",
            MINUTES
                + " HAVING window_start + INTERVAL '1' MINUTE <="
                + " (SELECT MAX(ts) - INTERVAL '5' SECOND FROM orders)"),
        new Check("files, UPDATE over rows that go", last("held", "customer, balance, n"), HELD),
        new Check(
            "files, UPDATE over rows that go: a change a key and step", twice("held"), NOTHING),
        new Check("kept, UPDATE over an outer join", "SELECT * FROM by_customer", BY_CUSTOMER),
        new Check(
            "kept, COMPLETE over a result",
            "SELECT * FROM counts",
            COUNTS.formatted("(" + BY_CUSTOMER + ")")),
        new Check("kept, UPDATE of first rows", "SELECT * FROM newest", NEWEST),
        new Check("kept, UPDATE over rows that go", "SELECT * FROM balances", BALANCES),
        new Check(
            "kept, UPDATE over files that a query writes",
            "SELECT * FROM relayed",
            RELAYED.replace("FROM big", "FROM (" + BIG + ")")),
        new Check("kept, APPEND", "SELECT * FROM copied", BIG),
        new Check("state on disk, UPDATE", "SELECT * FROM on_disk", BY_ORDER),
        new Check(
            "state on disk, UPDATE over a join", last("matched", "customer, n, paid"), MATCHED),
        new Check("state on disk: a change a key and step", twice("matched"), NOTHING),
        new Check("replaced, kept", "SELECT * FROM replaced", Successions.expected("replaced")),
        new Check(
            "replaced, into its own files",
            last("successor", "customer, n, edition"),
            Successions.expected("(" + last("successor", "edition") + ")")),
        new Check("replaced: a change a key and step", twice("successor"), NOTHING));
  }

  private static final String NOTHING = "SELECT customer, step FROM totals_changes WHERE FALSE";

  /** What a changelog comes to. */
  private static String last(String table, String columns) {
    return ("SELECT %s FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY customer ORDER BY step DESC)"
            + " AS r FROM %s_changes) WHERE r = 1 AND op <> 'D'")
        .formatted(columns, table);
  }

  private static String twice(String table) {
    return "SELECT customer, step FROM %s_changes GROUP BY customer, step HAVING COUNT(*) > 1"
        .formatted(table);
  }

  @Override
  public void feed() {
    int count = 5 + random.nextInt(60);
    StringBuilder text = new StringBuilder();
    StringBuilder payments = new StringBuilder();
    StringBuilder clicks = new StringBuilder();
    for (int i = 0; i < count; i++) {
      long id = orders++;
      long millis = id * 700 + random.nextInt(3_000);
      text.append(
          "{\"id\":%d,\"customer\":%d,\"amount\":%d.%02d,\"ts\":\"2026-01-%02d %02d:%02d:%02d.%03d\"}\n"
              .formatted(
                  id,
                  random.nextInt(CUSTOMERS),
                  random.nextInt(100),
                  random.nextInt(100),
                  1 + millis / 86_400_000,
                  millis / 3_600_000 % 24,
                  millis / 60_000 % 60,
                  millis / 1_000 % 60,
                  millis % 1_000));
      if (random.nextInt(3) > 0) {
        payments.append(
            "%d,%d.%02d\n"
                .formatted(
                    (long) (random.nextDouble() * orders),
                    random.nextInt(90),
                    random.nextInt(100)));
        rows++;
      }
      if (random.nextInt(2) > 0) {
        clicks.append(
            "{\"customer\":%d,\"page\":\"p%d\"}\n"
                .formatted(random.nextInt(CUSTOMERS), random.nextInt(12)));
        rows++;
      }
    }
    rows += count;
    try {
      put("in/orders/%09d.json".formatted(files), text);
      put("in/payments/%09d.csv".formatted(files), payments);
      Files.writeString(
          directory.resolve("in/clicks/clicks.json"),
          clicks,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    files++;
  }

  /** A file is there as a whole. */
  private void put(String path, CharSequence content) throws IOException {
    Path file = directory.resolve(path);
    Path hidden = file.resolveSibling("." + file.getFileName());
    Files.write(hidden, content.toString().getBytes(StandardCharsets.UTF_8));
    Files.move(hidden, file, StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public long rows() {
    return rows;
  }

  @Override
  public void close() {}
}
