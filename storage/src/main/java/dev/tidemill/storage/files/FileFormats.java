package dev.tidemill.storage.files;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The formats there are. */
public final class FileFormats {
  private static final Set<String> COMPRESSIONS = Set.of("gz", "zst");
  private static final Set<String> OTHER_COMPRESSIONS =
      Set.of("bz2", "xz", "lz4", "snappy", "lzo", "br", "z");

  private final Map<String, FileFormatProvider> providers = new LinkedHashMap<>();

  public FileFormats() {
    for (FileFormatProvider provider : ServiceLoader.load(FileFormatProvider.class)) {
      providers.put(provider.name(), provider);
    }
  }

  /** The format of a name, with no options. */
  public static FileFormat named(String name) {
    FileFormatProvider provider = new FileFormats().providers.get(name);
    if (provider == null) {
      throw new IllegalArgumentException("no format " + name);
    }
    return provider.create(Map.of());
  }

  public Map<String, FileFormatProvider> providers() {
    return providers;
  }

  Set<String> names() {
    return new TreeSet<>(providers.keySet());
  }

  /** Those that rows can be written in. */
  Set<String> namesWritten() {
    Set<String> names = new TreeSet<>();
    for (FileFormatProvider provider : providers.values()) {
      if (!provider.readsChanges()) {
        names.add(provider.name());
      }
    }
    return names;
  }

  /**
   * The extension of a file's name, in lower case, below the one of a compression; empty if there
   * is none.
   */
  static String extension(String path) {
    String name = path.substring(path.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    int dot = name.lastIndexOf('.');
    String last = dot < 0 ? "" : name.substring(dot + 1);
    if (!COMPRESSIONS.contains(last)) {
      return last;
    }
    int before = name.lastIndexOf('.', dot - 1);
    return before < 0 ? "" : name.substring(before + 1, dot);
  }

  /** The format that a file's name says, or null. */
  @Nullable FileFormatProvider byName(String path) {
    String extension = extension(path);
    if (OTHER_COMPRESSIONS.contains(extension)) {
      throw FilesErrors.unsupportedCompression(path);
    }
    for (FileFormatProvider provider : providers.values()) {
      if (provider.extensions().contains(extension)) {
        return provider;
      }
    }
    return null;
  }
}
