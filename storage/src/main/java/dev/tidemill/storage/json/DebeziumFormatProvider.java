package dev.tidemill.storage.json;

import dev.tidemill.storage.catalog.ConnectorOption;
import dev.tidemill.storage.files.FileFormat;
import dev.tidemill.storage.files.FileFormatProvider;
import java.util.List;
import java.util.Map;

/** {@code 'format'='debezium-json'}: JSON lines that each are a change, as Debezium writes them. */
public final class DebeziumFormatProvider implements FileFormatProvider {
  @Override
  public String name() {
    return "debezium-json";
  }

  @Override
  public List<String> extensions() {
    return List.of();
  }

  @Override
  public List<ConnectorOption> options() {
    return List.of();
  }

  @Override
  public boolean readsGrowingFiles() {
    return true;
  }

  @Override
  public boolean readsChanges() {
    return true;
  }

  @Override
  public boolean readsRecords() {
    return true;
  }

  @Override
  public FileFormat create(Map<String, String> options) {
    return new DebeziumFormat(
        new JsonFormat("true".equals(options.get("growing"))),
        "true".equals(options.get("growing")),
        "full".equals(options.get("before")));
  }
}
