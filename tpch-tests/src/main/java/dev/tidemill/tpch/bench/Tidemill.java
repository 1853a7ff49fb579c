package dev.tidemill.tpch.bench;

import dev.tidemill.engine.Engine;
import dev.tidemill.engine.Result;
import dev.tidemill.engine.Session;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.tpch.Answers;
import dev.tidemill.tpch.TpchData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** This engine, in this process. */
final class Tidemill implements Contestant {
  private final Engine engine;
  private final Session session;

  Tidemill(BenchmarkOptions options) {
    Engine.Builder builder =
        Engine.builder()
            .set("threads", Integer.toString(options.threads()))
            .set("plan_cache", "false");
    if (options.memory() != null) {
      builder.set("memory", options.memory());
    }
    engine = builder.open();
    session = engine.session();
    TpchData.useFiles(session, options.data());
    if (options.cached()) {
      TpchData.TABLES.forEach(table -> session.execute("CACHE TABLE " + table).close());
    }
  }

  @Override
  public String name() {
    return "tidemill";
  }

  @Override
  public double run(String sql) {
    long start = System.nanoTime();
    try (Result result = session.execute(sql)) {
      for (Batch batch = result.next(); batch != null; batch = result.next()) {
        batch.close();
      }
    }
    return (System.nanoTime() - start) / 1e6;
  }

  /** The rows of a query. */
  List<List<@Nullable Object>> rows(String sql) {
    try (Result result = session.execute(sql)) {
      return Answers.rows(result);
    }
  }

  @Override
  public long peakBytes() {
    Path status = Path.of("/proc/self/status");
    if (!Files.isReadable(status)) {
      return -1;
    }
    try {
      return Files.readAllLines(status).stream()
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
          .findFirst()
          .orElse(-1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    session.close();
    engine.close();
  }
}
