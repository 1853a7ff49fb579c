package dev.tidemill.storage.catalog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tidemill.storage.file.FileSystem;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * What ANALYZE TABLE found, in one JSON file beside the catalog. Answers do not depend on it: one
 * that cannot be read, or is of another version, is as good as none.
 */
final class StatisticsFile {
  private static final int VERSION = 1;
  private static final ObjectMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private final FileSystem files;
  private final String file;

  StatisticsFile(FileSystem files, Path databaseDirectory) {
    this.files = files;
    this.file = databaseDirectory.toAbsolutePath().normalize() + "/statistics.json";
  }

  private record Content(int version, List<AnalyzedTable> tables) {
    Content {
      tables = List.copyOf(tables);
    }
  }

  List<AnalyzedTable> read() {
    if (files.stat(file) == null) {
      return List.of();
    }
    try {
      Content content = MAPPER.readValue(files.readText(file), Content.class);
      return content.version() == VERSION ? content.tables() : List.of();
    } catch (JsonProcessingException unreadable) {
      return List.of();
    }
  }

  void write(List<AnalyzedTable> tables) {
    try {
      String text = MAPPER.writeValueAsString(new Content(VERSION, tables));
      files.put(file, text.getBytes(StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("statistics that JSON cannot hold", e);
    }
  }
}
