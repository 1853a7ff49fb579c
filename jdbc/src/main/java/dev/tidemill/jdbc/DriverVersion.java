package dev.tidemill.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The driver's version, which the build writes beside its classes. */
final class DriverVersion {
  static final String TEXT = read();
  static final int MAJOR = part(TEXT, 0);
  static final int MINOR = part(TEXT, 1);

  private DriverVersion() {}

  private static String read() {
    try (InputStream stream = DriverVersion.class.getResourceAsStream("version.properties")) {
      Properties properties = new Properties();
      if (stream != null) {
        properties.load(stream);
      }
      return properties.getProperty("version", "0.0");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A part of {@code 1.2.3-SNAPSHOT}; 0 where there is none. */
  static int part(String version, int index) {
    String[] parts = version.split("[.-]");
    return index < parts.length && parts[index].matches("[0-9]{1,9}")
        ? Integer.parseInt(parts[index])
        : 0;
  }
}
