import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Spark in this process, with as many local tasks as threads; its heap is what the JVM was given. */
final class SparkPeer extends Peer {
  private SparkSession session;

  public static void main(String[] arguments) throws Exception {
    new SparkPeer().serve();
  }

  @Override
  void open(Path directory, int threads, String memory, boolean cached) {
    session =
        SparkSession.builder()
            .master("local[" + threads + "]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", Integer.toString(2 * threads))
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.log.level", "ERROR")
            .config("spark.sql.ansi.doubleQuotedIdentifiers", "true")
            .getOrCreate();
    for (String table : TABLES) {
      var rows = session.read().parquet(directory.resolve(table + ".parquet").toString());
      rows.createOrReplaceTempView(table);
      if (cached) {
        session.sql("CACHE TABLE " + table);
      }
    }
  }

  @Override
  void run(String sql, Rows rows) throws Exception {
    List<Row> result = session.sql(sql).collectAsList();
    if (rows != null) {
      for (Row row : result) {
        Object[] values = new Object[row.size()];
        for (int i = 0; i < values.length; i++) {
          values[i] = row.get(i);
        }
        rows.add(values);
      }
    }
  }
}
