package dev.tidemill.storage.parquet;

import dev.tidemill.storage.files.DataFile;
import java.util.LinkedHashMap;
import java.util.Map;

/** Footers of the files used last, by path, size and time. Any thread. */
final class FooterCache {
  private static final int MAX_FOOTERS = 256;

  private final Map<DataFile, Footer> footers =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<DataFile, Footer> eldest) {
          return size() > MAX_FOOTERS;
        }
      };

  Footer get(DataFile file) {
    synchronized (footers) {
      Footer known = footers.get(file);
      if (known != null) {
        return known;
      }
    }
    Footer read = Footer.read(file);
    synchronized (footers) {
      footers.put(file, read);
    }
    return read;
  }
}
