package dev.tidemill.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The driver as the JVM sees it: found, alone on a class path, its URLs. */
final class DriverTest {
  @Test
  void loadsWithNothingBesideItself() throws Exception {
    URL place = TidemillDriver.class.getProtectionDomain().getCodeSource().getLocation();
    try (URLClassLoader alone =
        new URLClassLoader(new URL[] {place}, ClassLoader.getPlatformClassLoader())) {
      for (String name : classes(Path.of(place.toURI()))) {
        assertNotNull(Class.forName(name, true, alone).getDeclaredMethods());
      }
      Driver driver =
          (Driver)
              alone
                  .loadClass(TidemillDriver.class.getName())
                  .getDeclaredConstructor()
                  .newInstance();
      SQLException missing =
          assertThrows(
              SQLException.class, () -> driver.connect("jdbc:tidemill:", new Properties()));
      assertEquals("08001", missing.getSQLState());
      assertTrue(missing.getMessage().contains("tidemill-jdbc-service"), missing.getMessage());
    }
  }

  @Test
  void runsOnJava17() throws Exception {
    URI place = TidemillDriver.class.getProtectionDomain().getCodeSource().getLocation().toURI();
    for (String name : classes(Path.of(place))) {
      try (DataInputStream bytes =
          new DataInputStream(
              Files.newInputStream(Path.of(place).resolve(name.replace('.', '/') + ".class")))) {
        bytes.skipBytes(6);
        assertEquals(61, bytes.readUnsignedShort(), name);
      }
    }
  }

  private static List<String> classes(Path root) throws Exception {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .map(file -> root.relativize(file).toString())
          .filter(file -> file.endsWith(".class") && !file.endsWith("-info.class"))
          .map(file -> file.substring(0, file.length() - 6).replace('/', '.'))
          .toList();
    }
  }

  @Test
  void isFoundByItsUrl() throws Exception {
    assertTrue(DriverManager.getDriver("jdbc:tidemill:") instanceof TidemillDriver);
    TidemillDriver driver = new TidemillDriver();
    assertTrue(driver.acceptsURL("jdbc:tidemill:/some/where"));
    assertFalse(driver.acceptsURL("jdbc:other:"));
    assertNull(driver.connect("jdbc:other:", null));
    assertEquals(0, driver.getMajorVersion());
    assertFalse(driver.jdbcCompliant());
  }

  @Test
  void refusesWhatItDoesNotReach() {
    TidemillDriver driver = new TidemillDriver();
    SQLFeatureNotSupportedException server =
        assertThrows(
            SQLFeatureNotSupportedException.class,
            () -> driver.connect("jdbc:tidemill://localhost:31337", null));
    assertTrue(
        server.getMessage().contains("jdbc:tidemill://localhost:31337"), server.getMessage());
    List<String> malformed =
        List.of(
            "jdbc:tidemill://",
            "jdbc:tidemill://h:99999",
            "jdbc:tidemill:?x",
            "jdbc:tidemill:?a=%");
    for (String bad : malformed) {
      SQLException error = assertThrows(SQLException.class, () -> driver.connect(bad, null), bad);
      assertEquals("08001", error.getSQLState());
      assertTrue(error.getMessage().endsWith("found " + bad), error.getMessage());
    }
  }

  @Test
  void settingsComeFromUrlAndProperties() throws Exception {
    Properties properties = new Properties();
    properties.setProperty("user", "me");
    properties.setProperty("memory", "1GB");
    try (Connection connection =
        DriverManager.getConnection("jdbc:tidemill:?threads=2&memory=2%47B", properties)) {
      assertEquals("settings {threads=2, memory=1GB}", connection.getWarnings().getMessage());
      assertEquals("3.14-SNAPSHOT", connection.getMetaData().getDatabaseProductVersion());
      assertEquals(14, connection.getMetaData().getDatabaseMinorVersion());
    }
  }
}
