package dev.tidemill.storage.catalog;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tidemill.storage.file.FileSystem;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** The definitions of a database directory, in one JSON file that is replaced as a whole. */
final class CatalogFile {
  private static final int VERSION = 1;
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  private final FileSystem files;
  private final String directory;
  private final String file;

  CatalogFile(FileSystem files, Path databaseDirectory) {
    this.files = files;
    this.directory = databaseDirectory.toAbsolutePath().normalize().toString();
    this.file = directory + "/catalog.json";
  }

  /** Everything that is kept. */
  record Content(
      int version,
      List<TableDefinition> tables,
      List<ViewDefinition> views,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<FunctionDefinition> functions) {
    Content {
      tables = List.copyOf(tables);
      views = List.copyOf(views);
      functions = functions == null ? List.of() : List.copyOf(functions);
    }
  }

  Content read() {
    files.deleteTemporaries(directory);
    if (files.stat(file) == null) {
      return new Content(VERSION, List.of(), List.of(), List.of());
    }
    try {
      String text = files.readText(file);
      int version = MAPPER.readTree(text).path("version").asInt();
      if (version != VERSION) {
        throw CatalogErrors.unknownVersion(file, version, VERSION);
      }
      return MAPPER.readValue(text, Content.class);
    } catch (JsonProcessingException e) {
      throw CatalogErrors.damaged(file, e);
    }
  }

  void write(
      List<TableDefinition> tables,
      List<ViewDefinition> views,
      List<FunctionDefinition> functions) {
    try {
      String text = MAPPER.writeValueAsString(new Content(VERSION, tables, views, functions));
      files.put(file, text.getBytes(StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a catalog that JSON cannot hold", e);
    }
  }
}
