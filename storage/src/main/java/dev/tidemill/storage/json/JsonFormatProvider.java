package dev.tidemill.storage.json;

import dev.tidemill.storage.catalog.ConnectorOption;
import dev.tidemill.storage.files.FileFormat;
import dev.tidemill.storage.files.FileFormatProvider;
import java.util.List;
import java.util.Map;

/** {@code 'format'='json'}: JSON lines. */
public final class JsonFormatProvider implements FileFormatProvider {
  @Override
  public String name() {
    return "json";
  }

  @Override
  public List<String> extensions() {
    return List.of("json", "jsonl", "ndjson");
  }

  @Override
  public List<ConnectorOption> options() {
    return List.of();
  }

  @Override
  public boolean compressedAsWhole() {
    return true;
  }

  @Override
  public boolean readsGrowingFiles() {
    return true;
  }

  @Override
  public boolean readsRecords() {
    return true;
  }

  @Override
  public FileFormat create(Map<String, String> options) {
    return new JsonFormat("true".equals(options.get("growing")));
  }
}
