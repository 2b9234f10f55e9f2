/** Whether a URL leads to this machine alone: `localhost` and its subdomains (RFC 6761), 127.0.0.0/8, `::1`. */
export function isLoopbackUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const host = new URL(url).hostname.replace(/\.$/, '');
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    host === '[::1]' ||
    /^127(?:\.\d{1,3}){3}$/.test(host)
  );
}

/** Whether what is sent there can be read on its way: plain HTTP to another machine. */
export function isPlainHttpElsewhere(url: string): boolean {
  return /^http:/i.test(url) && !isLoopbackUrl(url);
}
