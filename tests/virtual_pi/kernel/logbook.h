/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Keeps the messages that went over a bus, to be read from debugfs once: <name>/bytes.
 * Each is kept as: whom it was for (1 byte), length (2 bytes, little-endian), the bytes.
 * One that finds no room is dropped whole, so that the book stays readable.
 */
#include <linux/debugfs.h>
#include <linux/kfifo.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/uaccess.h>

#define HEAD 3

static DEFINE_KFIFO(book, u8, 1 << 20);
static DEFINE_MUTEX(book_lock);
static struct dentry *folder;

static void note(u8 whom, const void *bytes, u16 length)
{
	u8 head[HEAD] = { whom, length & 0xff, length >> 8 };

	mutex_lock(&book_lock);
	if (kfifo_avail(&book) >= length + HEAD) {
		kfifo_in(&book, head, HEAD);
		kfifo_in(&book, (const u8 *)bytes, length);
	}
	mutex_unlock(&book_lock);
}

static ssize_t read_book(struct file *file, char __user *to, size_t size, loff_t *offset)
{
	unsigned int copied;
	int failed;

	mutex_lock(&book_lock);
	failed = kfifo_to_user(&book, to, size, &copied);
	mutex_unlock(&book_lock);
	return failed ? failed : copied;
}

static const struct file_operations book_operations = {
	.owner = THIS_MODULE,
	.read = read_book,
};

static void open_book(const char *name)
{
	folder = debugfs_create_dir(name, NULL);
	debugfs_create_file("bytes", 0400, folder, NULL, &book_operations);
}

static void close_book(void)
{
	debugfs_remove(folder);
}
