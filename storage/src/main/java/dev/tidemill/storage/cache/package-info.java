/**
 * Tables kept in memory as they were read: start with {@link
 * dev.tidemill.storage.cache.CachedTable}.
 */
@NullMarked
package dev.tidemill.storage.cache;

import org.jspecify.annotations.NullMarked;
