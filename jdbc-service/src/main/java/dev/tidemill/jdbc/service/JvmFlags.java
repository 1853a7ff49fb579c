package dev.tidemill.jdbc.service;

import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.jdbc.spi.DatabaseException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What the engine asks of the JVM it is embedded in. What happens without each flag on Java 25:
 *
 * <ul>
 *   <li>{@value #NATIVE_ACCESS}: a warning of the JVM on stderr; where it was told to deny instead,
 *       nothing works.
 *   <li>{@value #OPEN_BUFFERS}: all works but what goes through Arrow IPC, which cannot make direct
 *       buffers.
 *   <li>{@value #UNSAFE}: a warning of the JVM when memory is first used; where it was told to
 *       deny, nothing works.
 * </ul>
 */
final class JvmFlags {
  static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";
  static final String OPEN_BUFFERS = "--add-opens=java.base/java.nio=ALL-UNNAMED";
  static final String UNSAFE = "--sun-misc-unsafe-memory-access=allow";
  static final List<String> ALL = List.of(OPEN_BUFFERS, UNSAFE, NATIVE_ACCESS);

  /**
   * Asked before the engine touches memory, since the JVM then enables what it has warned about.
   */
  private static final boolean NATIVE_ACCESS_ENABLED =
      JvmFlags.class.getModule().isNativeAccessEnabled();

  private JvmFlags() {}

  /**
   * @throws DatabaseException JVM_FLAGS_MISSING where off-heap memory is out of reach
   */
  static void check() throws DatabaseException {
    try {
      Memory.segment(0, 0);
    } catch (LinkageError | IllegalCallerException e) {
      throw ServiceErrors.memoryOutOfReach(e);
    }
  }

  /** What will not work, or not for long, for want of a flag. */
  static List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    if (!isBufferOpen()) {
      warnings.add(
          "what uses Arrow IPC will fail, since the JVM was started without " + OPEN_BUFFERS);
    }
    if (!NATIVE_ACCESS_ENABLED) {
      warnings.add(
          "a later version of Java will refuse the engine, unless started with " + NATIVE_ACCESS);
    }
    return warnings;
  }

  /** The flags that this JVM was not given. */
  static List<String> missing() {
    List<String> missing = new ArrayList<>();
    if (!isBufferOpen()) {
      missing.add(OPEN_BUFFERS);
    }
    if (!ManagementFactory.getRuntimeMXBean().getInputArguments().contains(UNSAFE)) {
      missing.add(UNSAFE);
    }
    if (!NATIVE_ACCESS_ENABLED) {
      missing.add(NATIVE_ACCESS);
    }
    return missing;
  }

  /** Whether an error comes from what a missing flag forbids. */
  static boolean areToBlame(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      String text = String.valueOf(cause.getMessage());
      boolean forbidden =
          cause instanceof IllegalCallerException
              || cause instanceof LinkageError
              || cause instanceof UnsupportedOperationException
              || cause instanceof RuntimeException && text.contains("--add-opens");
      if (forbidden && (isOfArrow(cause) || cause instanceof IllegalCallerException)) {
        return true;
      }
    }
    return false;
  }

  /** Whether it was thrown where Arrow takes hold of memory. */
  private static boolean isOfArrow(Throwable error) {
    for (StackTraceElement frame : error.getStackTrace()) {
      if (frame.getClassName().startsWith("org.apache.arrow.memory.")) {
        return true;
      }
    }
    return String.valueOf(error.getMessage()).contains("org.apache.arrow.memory.");
  }

  private static boolean isBufferOpen() {
    return ByteBuffer.class.getModule().isOpen("java.nio", JvmFlags.class.getModule());
  }
}
