package dev.tidemill.storage.catalog;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** The definitions of a database directory, in one JSON file that is replaced as a whole. */
final class CatalogFile {
  private static final int VERSION = 1;
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  private final Path directory;
  private final Path file;

  CatalogFile(Path databaseDirectory) {
    this.directory = databaseDirectory;
    this.file = databaseDirectory.resolve("catalog.json");
  }

  /** Everything that is kept. */
  record Content(int version, List<TableDefinition> tables, List<ViewDefinition> views) {}

  Content read() {
    try {
      if (!Files.exists(file)) {
        return new Content(VERSION, List.of(), List.of());
      }
      int version = MAPPER.readTree(file.toFile()).path("version").asInt();
      if (version != VERSION) {
        throw CatalogErrors.unknownVersion(file, version, VERSION);
      }
      return MAPPER.readValue(file.toFile(), Content.class);
    } catch (IOException e) {
      throw CatalogErrors.unreadable(file, e);
    }
  }

  void write(List<TableDefinition> tables, List<ViewDefinition> views) {
    Path temporary = file.resolveSibling("catalog.json.tmp");
    try {
      Files.createDirectories(directory);
      byte[] bytes = MAPPER.writeValueAsBytes(new Content(VERSION, tables, views));
      Files.write(temporary, bytes);
      sync(temporary);
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      sync(directory);
    } catch (IOException e) {
      throw CatalogErrors.unreadable(file, e);
    }
  }

  private static void sync(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
